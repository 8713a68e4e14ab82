import { type Capability, capabilitiesOf } from '../../core/capabilities.ts';
import { variableOf } from '../../core/resolve-connection.ts';
import type { CapabilityName } from '../../domain/capability.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Column, ListReport } from '../../output/report.ts';
import type { Provider } from '../../ports/provider.ts';
import { many } from './document.ts';

const WORDS = { native: 'yes', composed: 'by keyturn', no: '–' } as const;

/** One cell of the table of what each vendor can do. */
export function supportWord({ support, inferred }: Capability): string {
  return inferred ? `${WORDS[support]}, inferred` : WORDS[support];
}

export function supportWordOf(provider: Provider, operation: CapabilityName): string {
  const found = capabilitiesOf(provider).find((each) => each.operation === operation);
  return found ? supportWord(found) : WORDS.no;
}

function providerJson(provider: Provider): JsonObject {
  const capabilities = capabilitiesOf(provider);
  const { facts } = provider;
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
    facts: {
      ...facts,
      managerIsSession: facts.managerIsSession ?? false,
      lastUse: facts.lastUse ?? 'told',
    },
    operations: Object.fromEntries(capabilities.map(({ operation, support }) => [operation, support])),
    inferred: capabilities.flatMap(({ operation, inferred }) => (inferred ? [operation] : [])),
  };
}

/** `keyturn.providers/1`, and for people a table with a column for each provider. */
export function providersDocument(providers: readonly Provider[], asTable: boolean): ListReport {
  const common = { schema: 'keyturn.providers/1', key: 'providers', empty: 'none' } as const;
  if (!asTable)
    return many({ ...common, referBy: 'bare-id', columns: [], items: providers.map(providerJson) });
  const [first] = providers;
  const items = (first ? capabilitiesOf(first) : []).map(({ operation }) => ({
    operation,
    ...Object.fromEntries(providers.map((provider) => [provider.id, supportWordOf(provider, operation)])),
  }));
  const columns: Column[] = [
    { title: 'OPERATION', field: 'operation', kind: 'text' },
    ...providers.map(({ id, title }): Column => ({ title: title.toUpperCase(), field: id, kind: 'text' })),
  ];
  return many({ ...common, columns, items });
}

const OPERATION_COLUMNS: readonly Column[] = [
  { title: 'OPERATION', field: 'operation', kind: 'text' },
  { title: 'SUPPORT', field: 'support', kind: 'text' },
  { title: 'INSTEAD', field: 'instead', kind: 'text' },
];

/** `instead`: what to do where the provider has no such operation. */
export function providerDocument(
  provider: Provider,
  instead: (operation: CapabilityName) => string | null,
): ListReport {
  return many({
    schema: 'keyturn.provider/1',
    head: { provider: providerJson(provider) },
    key: 'operations',
    columns: OPERATION_COLUMNS,
    items: capabilitiesOf(provider).map((capability) => ({
      operation: capability.operation,
      support: supportWord(capability),
      instead: capability.support === 'no' ? instead(capability.operation) : null,
    })),
    empty: 'none',
  });
}
