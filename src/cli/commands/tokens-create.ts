import { requireSupport } from '../../core/capabilities.ts';
import { createToken } from '../../core/mint/create-token.ts';
import { completer } from '../../core/tokens.ts';
import { AppError, usage } from '../../domain/errors.ts';
import { checkLocalName } from '../../domain/name.ts';
import { chooseExpiry } from '../../domain/time.ts';
import type { Provider, TokenSpec } from '../../ports/provider.ts';
import type { App } from '../app.ts';
import { TOKEN_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { DELIVERY_OPTIONS, parseDelivery } from '../delivery-options.ts';
import type { Input } from '../input.ts';
import { mintReport } from '../mint-report.ts';
import { head, planReport, tokenJson } from '../reports.ts';
import { TOKEN_OPTION_SPECS, tokenOptionNames } from '../token-options.ts';

export const tokensCreate: Command = {
  options: [
    { flags: '--name <name>', about: 'what to call it; Prefactor has no names, there keyturn remembers it' },
    { flags: '--scope <scope...>', about: 'what it may do; repeat it, or separate with commas or spaces' },
    { flags: '--expires-in <duration>', about: 'end it after this time: 90m, 12h, 30d, 2w' },
    { flags: '--expires-at <time>', about: 'end it then: 2026-12-31 or 2026-12-31T18:00:00Z' },
    ...TOKEN_OPTION_SPECS,
    {
      flags: '--session',
      about: 'Errova: act as a browser session (cookie from stdin, a prompt or KEYTURN_SESSION)',
    },
    ...DELIVERY_OPTIONS,
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  details: 'A new secret is shown once. Say where it goes before it is made: --print, --save or --to.',
  examples: [
    'TOKEN=$(keyturn tokens create --name ci --scope org.read --print)',
    'keyturn tokens create --name deploy --scope org.admin --save',
    'keyturn tokens create --name etl --user me@example.com --audience apiv2 --scope "table://my.app level://admin" --to env:.env#DEVO_TOKEN',
  ],
  async run(app, input) {
    const resolved = await app.resolved();
    const { provider } = resolved;
    requireSupport(provider, 'tokens create');
    const { spec, alias } = readSpec(app, input, provider);
    const client = input.flag('session') ? await app.sessionClient(resolved) : await app.client();
    const create = provider.tokens.create;
    if (!create)
      throw new AppError({ code: 'unsupported', message: `${provider.title} cannot create tokens` });
    if (input.flag('dry-run')) {
      const until = spec.expiresAt === null ? '' : `, until ${spec.expiresAt}`;
      return planReport(
        [
          {
            what: `create the token "${alias ?? spec.name ?? ''}"${until}`,
            call: client.describe(create, spec),
          },
        ],
        head(client),
      );
    }
    const deps = await app.mintDeps(client);
    if (alias !== null) await refuseTakenAlias(app, provider, resolved.origin, alias);
    const name = alias ?? spec.name;
    const delivery = await parseDelivery(app, input, {
      defaultName: name,
      document: (item) => ({
        ...head(client),
        token: { id: item.id, name: item.name ?? name, scopes: [...spec.scopes], expiresAt: spec.expiresAt },
      }),
    });
    if (spec.expiresAt !== null) app.note(`it will end at ${spec.expiresAt}`);
    const result = await createToken(deps, { spec, delivery, alias });
    const complete = await completer({ client, profiles: await app.profiles(), clock: app.runtime.clock });
    const item = result.item === null ? null : tokenJson(complete(result.item));
    return mintReport(result, {
      client,
      schema: 'keyturn.token/1',
      key: 'token',
      item,
      columns: TOKEN_COLUMNS,
      printed: delivery.wasPrinted(),
    });
  },
};

/** The specification that the provider accepts, checked before anything is sent. */
function readSpec(app: App, input: Input, provider: Provider): { spec: TokenSpec; alias: string | null } {
  const own = new Set(provider.tokens.options.map((option) => option.name));
  const options: Record<string, string> = {};
  for (const name of tokenOptionNames()) {
    const value = input.text(name);
    if (value === undefined) continue;
    if (!own.has(name))
      throw usage(
        `${provider.title} has no "--${name}"`,
        own.size === 0 ? 'leave it out' : `it has ${[...own].map((each) => `--${each}`).join(', ')}`,
      );
    options[name] = value;
  }
  const name = input.text('name') ?? null;
  const nameless = provider.facts.names === 'none';
  const spec = provider.tokens.checkSpec({
    name: nameless ? null : name,
    scopes: input.list('scope', /[\s,]+/),
    expiresAt: chooseExpiry(
      { in: input.text('expires-in'), at: input.text('expires-at') },
      app.runtime.clock.now(),
    ),
    options,
    idempotencyKey: null,
  });
  return { spec, alias: nameless && name !== null ? checkLocalName(name, 'credential') : null };
}

async function refuseTakenAlias(app: App, provider: Provider, origin: string, alias: string): Promise<void> {
  const taken = (await (await app.profiles()).aliases(provider.id, origin)).find(
    (each) => each.name === alias,
  );
  if (!taken) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${alias}" is taken by id ${taken.id}`,
    hint: 'choose another name, or `keyturn tokens rename` that one',
  });
}
