import {
  checkTarget,
  clientOf,
  type LoginDeps,
  type LoginResult,
  type LoginTarget,
  loginFromVendorCli,
  loginWithToken,
} from '../../core/login.ts';
import { variableOf } from '../../core/resolve-connection.ts';
import { AppError, usage } from '../../domain/errors.ts';
import { checkLocalName } from '../../domain/name.ts';
import { parseOrigin } from '../../domain/origin.ts';
import type { Column, Report } from '../../output/report.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { Provider } from '../../ports/provider.ts';
import type { App } from '../app.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { nextStep, unguarded } from '../login-notes.ts';
import { stopped } from '../mint-report.ts';
import { readSecret, readSession } from '../secret-reader.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
  { title: 'ACCOUNT', field: 'account', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'STORE', field: 'store', kind: 'text' },
];

/** `keyturn login PROVIDER`: the provider's definition makes the options. */
export async function loginCommand(id: string): Promise<Command> {
  const { loadProvider } = await import('../../providers/registry.ts');
  const provider = await loadProvider(id);
  const withSession = provider.auth.some((scheme) => scheme.id === 'session');
  const fromCli = provider.credential.vendorCli !== undefined;
  return {
    options: [
      ...provider.settings.map((setting) => ({
        flags: `--${setting.name} <${setting.placeholder}>`,
        about: `${setting.about}${setting.required ? '' : ' (optional)'}`,
      })),
      { flags: '--url <origin>', about: 'another address than the vendor’s own: a proxy, a sandbox' },
      { flags: '--with-token', about: 'read the credential from standard input' },
      { flags: '--token-file <path>', about: 'read the credential from a file' },
      ...(withSession
        ? [
            {
              flags: '--session',
              about:
                'mint a machine token with a browser session’s cookie (stdin or a prompt), and forget the cookie',
            },
            {
              flags: '--name <name>',
              about: 'with --session: the name of the machine token (default: keyturn@<host>)',
            },
            {
              flags: '--scope <scope...>',
              about: `with --session: its scopes (default: ${provider.credential.sessionScopes?.join(' ')}, which changes need)`,
            },
          ]
        : []),
      ...(fromCli
        ? [{ flags: '--from-cli', about: 'use the session of the vendor’s own command, in place' }]
        : []),
      {
        flags: '--token-id <id>',
        about: 'the provider’s id of the credential, so that it is marked in lists and guarded',
      },
      {
        flags: '--store <store>',
        about: 'keychain, passphrase or file: how a new credentials file is kept (default: keychain)',
      },
    ],
    details: `It wants ${provider.credential.kind}.\n${provider.title}’s page for it: ${provider.credential.page}`,
    examples: [
      `keyturn login ${id}${provider.settings
        .filter((each) => each.required)
        .map((each) => ` --${each.name} ${each.placeholder}`)
        .join('')}`,
      ...(fromCli ? [`keyturn login ${id} --from-cli`] : []),
    ],
    run: (app, input) => login(app, input, provider),
  };
}

async function login(app: App, input: Input, provider: Provider): Promise<Report> {
  if (app.runtime.env['KEYTURN_TOKEN'] !== undefined) {
    throw usage('KEYTURN_TOKEN is set: it would beat what you log in with', 'unset KEYTURN_TOKEN first');
  }
  const way = chooseWay(input);
  const profiles = await app.profiles();
  const settings = await readSettings(app, input, provider);
  const url = input.text('url');
  const session = way === 'vendor-cli' ? await app.vendorSession(provider.id, null) : null;
  const origin = url !== undefined ? parseOrigin(url) : (session?.origin ?? provider.origin(settings));
  if (session?.origin && session.origin !== origin) {
    throw usage(
      'the session of the vendor’s command is for another address',
      `log in with "--url ${session.origin}"`,
    );
  }
  const target: LoginTarget = {
    profile: checkLocalName(app.globals.profile ?? provider.id, 'profile'),
    settings,
    origin,
  };
  const wanted = input.text('store');
  const deps: LoginDeps = {
    provider,
    profiles,
    clock: app.runtime.clock,
    transport: await app.transport(),
    store: () => app.store({ wanted, forWriting: true }),
  };
  await checkTarget(deps, target);
  if (session)
    return report(
      app,
      provider,
      // The vendor's profile of now is the one meant later too, whatever its own variables say by then.
      await loginFromVendorCli(deps, target, session),
    );
  if (way === 'session') return loginWithSession(app, input, deps, target);
  app.verbose(`${provider.title} wants ${provider.credential.kind}`);
  if (app.prompter.interactive && !input.flag('with-token') && input.text('token-file') === undefined) {
    app.note(`${provider.title} wants ${provider.credential.kind}.`);
    app.note(`Make one at ${provider.credential.page}`);
  }
  const secret = await readSecret(app, input, { what: `${provider.title} token` });
  return report(
    app,
    provider,
    await loginWithToken(deps, target, { secret, tokenId: input.text('token-id') ?? null }),
  );
}

function chooseWay(input: Input): 'token' | 'session' | 'vendor-cli' {
  const ways = [
    input.flag('session') && 'session',
    input.flag('from-cli') && 'vendor-cli',
    (input.flag('with-token') || input.text('token-file') !== undefined) && 'token',
  ] as const;
  const chosen = ways.filter((way) => way !== false);
  if (chosen.length > 1)
    throw usage(
      'there are several ways to log in',
      'choose one of --with-token, --token-file, --session, --from-cli',
    );
  return chosen[0] ?? 'token';
}

/** Flag, then environment, then a question. Off a terminal a missing one is named at once. */
async function readSettings(app: App, input: Input, provider: Provider): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const setting of provider.settings) {
    const given = input.text(setting.name) ?? (app.runtime.env[variableOf(setting)] || undefined);
    if (given !== undefined) settings[setting.name] = setting.check(given);
    else if (setting.required) {
      const answer = await app.prompter.ask(
        `${setting.about} (${setting.placeholder}): `,
        `add "--${setting.name} ${setting.placeholder}"`,
      );
      settings[setting.name] = setting.check(answer);
    }
  }
  return settings;
}

/** The cookie is used for one request that mints a machine token, and kept nowhere. */
async function loginWithSession(
  app: App,
  input: Input,
  deps: LoginDeps,
  target: LoginTarget,
): Promise<Report> {
  const { provider } = deps;
  const scheme = provider.auth.find((each) => each.id === 'session');
  if (!scheme)
    throw new AppError({
      code: 'unsupported',
      message: `${provider.title} has no way to log in with a browser session`,
      hint: `leave "--session" out; it needs ${provider.credential.kind}`,
      provider: provider.id,
    });
  const store = await deps.store();
  // Read before the store is made: a mistyped cookie leaves nothing behind.
  const cookie = await readSession(app, `the ${provider.title} session cookie`);
  await store.prove();
  const { mintForLogin } = await import('../../core/mint/login-session.ts');
  const client = clientOf(deps, target, cookie, scheme);
  const scopes = input.list('scope', /[\s,]+/);
  const spec = provider.tokens.checkSpec({
    name: input.text('name') ?? `keyturn@${app.runtime.hostname}`,
    scopes: scopes.length > 0 ? scopes : [...(provider.credential.sessionScopes ?? [])],
    expiresAt: null,
    options: {},
    idempotencyKey: null,
  });
  const planned: Profile = {
    name: target.profile,
    provider: provider.id,
    settings: target.settings,
    origin: target.origin,
    credential: { kind: 'store', name: target.profile },
    tokenId: null,
  };
  const minted = await mintForLogin(await app.mintDeps(client), { spec, profile: planned });
  if (minted.kind !== 'done') throw stopped(minted, provider.id);
  const profile = (await deps.profiles.find(target.profile)) ?? planned;
  const identity = await clientOf(deps, target, await store.open(target.profile)).call(
    provider.probe,
    undefined,
  );
  const result = { profile, identity, kind: 'machine token', expiresAt: identity.expiresAt };
  app.note(`minted "${spec.name}" with ${spec.scopes.join(' ')}; the cookie was used once and is forgotten`);
  return report(app, provider, result);
}

async function report(app: App, provider: Provider, result: LoginResult): Promise<Report> {
  const { profile, identity } = result;
  const kept = profile.credential.kind === 'store' ? (await (await app.store()).facts()).kind : null;
  const login = {
    profile: profile.name,
    provider: provider.id,
    origin: profile.origin,
    credential: result.kind,
    account: identity.account,
    scopes: identity.scopes === null ? null : [...identity.scopes],
    expiresAt: result.expiresAt,
    tokenId: profile.tokenId,
    store: kept,
  };
  return {
    shape: 'one',
    schema: 'keyturn.login/1',
    data: { login },
    key: 'login',
    columns: COLUMNS,
    notes: [
      `logged in to ${provider.title} as "${profile.name}"`,
      ...unguarded(provider, profile),
      nextStep(provider, profile.name),
    ],
  };
}
