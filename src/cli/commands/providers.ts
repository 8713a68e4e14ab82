import { capabilitiesOf, insteadOf } from '../../core/capabilities.ts';
import { variableOf } from '../../core/resolve-connection.ts';
import { usage } from '../../domain/errors.ts';
import { type Column, isStructured } from '../../output/report.ts';
import type { Provider } from '../../ports/provider.ts';
import { supportWord, supportWordOf } from '../capability-words.ts';
import type { Command } from '../command.ts';
import { listReport } from '../reports.ts';

const OPERATION_COLUMNS: readonly Column[] = [
  { title: 'OPERATION', field: 'operation', kind: 'text' },
  { title: 'SUPPORT', field: 'support', kind: 'text' },
  { title: 'INSTEAD', field: 'instead', kind: 'text' },
];

/** The capability table, made from the provider definitions: what is absent there is a dash here. */
export const providers: Command = {
  needsNoSecret: true,
  arguments: [
    {
      name: '[provider]',
      about: 'only this one, with what to do instead of what it lacks',
      values: 'providers',
    },
  ],
  async run(app, input) {
    const all = await app.allProviders();
    const id = input.optionalArgument(0);
    if (id !== undefined) {
      const one = all.find((provider) => provider.id === id);
      if (!one)
        throw usage(`there is no such provider`, `one of ${all.map((provider) => provider.id).join(', ')}`);
      return oneProvider(one);
    }
    if (isStructured(app.globals.format) || app.globals.format === 'name') {
      return listReport({
        schema: 'keyturn.providers/1',
        key: 'providers',
        referBy: 'bare-id',
        columns: [],
        items: all.map(providerJson),
        empty: 'none',
      });
    }
    const [first] = all;
    const rows = (first ? capabilitiesOf(first) : []).map(({ operation }) => ({
      operation,
      ...Object.fromEntries(all.map((provider) => [provider.id, supportWordOf(provider, operation)])),
    }));
    const columns: Column[] = [
      { title: 'OPERATION', field: 'operation', kind: 'text' },
      ...all.map(
        (provider): Column => ({ title: provider.title.toUpperCase(), field: provider.id, kind: 'text' }),
      ),
    ];
    return listReport({
      schema: 'keyturn.providers/1',
      key: 'providers',
      columns,
      items: rows,
      empty: 'none',
    });
  },
};

function oneProvider(provider: Provider) {
  const items = capabilitiesOf(provider).map(({ operation, support, inferred }) => ({
    operation,
    support: supportWord({ operation, support, inferred }),
    instead: support === 'no' ? (insteadOf({ provider, profile: null }, operation) ?? null) : null,
  }));
  return listReport({
    schema: 'keyturn.provider/1',
    head: { provider: providerJson(provider) },
    key: 'operations',
    columns: OPERATION_COLUMNS,
    items,
    empty: 'none',
  });
}

function providerJson(provider: Provider) {
  return {
    id: provider.id,
    title: provider.title,
    docs: provider.docs,
    credential: { kind: provider.credential.kind, page: provider.credential.page },
    settings: provider.settings.map((setting) => ({
      name: setting.name,
      required: setting.required,
      variable: variableOf(setting),
      about: setting.about,
    })),
    facts: { ...provider.facts },
    operations: Object.fromEntries(
      capabilitiesOf(provider).map(({ operation, support }) => [operation, support]),
    ),
    inferred: capabilitiesOf(provider).flatMap(({ operation, inferred }) => (inferred ? [operation] : [])),
  };
}
