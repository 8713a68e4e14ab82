import {
  checkTarget,
  type LoginDeps,
  type LoginResult,
  type LoginTarget,
  loginFromVendorCli,
  loginWithToken,
} from '../../../core/login.ts';
import { variableOf } from '../../../core/resolve-connection.ts';
import type { SessionLoginDeps } from '../../../core/session-login.ts';
import { placeText } from '../../../core/where.ts';
import { isAppError, usage } from '../../../domain/errors.ts';
import { checkLocalName } from '../../../domain/name.ts';
import { parseOrigin } from '../../../domain/origin.ts';
import type { Secret } from '../../../domain/secret.ts';
import { safeText } from '../../../domain/text.ts';
import type { Provider, Setting } from '../../../ports/provider.ts';
import type { Command } from '../../arguments/command.ts';
import type { Input } from '../../arguments/input.ts';
import { absolutePath } from '../../services/named-paths.ts';
import type { Services } from '../../services/services.ts';
import { readSecret, readSession } from '../../terminal/secret-reader.ts';
import { confirmSession } from './confirm-session.ts';
import { chooseFate, settle } from './login-again.ts';
import { loginOptions } from './login-options.ts';
import { loginReport } from './login-report.ts';

/** `keyturn login PROVIDER`: the provider's definition makes the options. */
export async function loginCommand(id: string): Promise<Command> {
  const { loadProvider } = await import('../../../providers/registry.ts');
  const provider = await loadProvider(id);
  const fromCli = provider.credential.vendorCli !== undefined;
  return {
    options: loginOptions(provider),
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

async function login(app: Services, input: Input, provider: Provider) {
  if (app.runtime.env['KEYTURN_TOKEN'] === '')
    throw usage('KEYTURN_TOKEN is set but empty', 'unset it before a login');
  if (app.runtime.env['KEYTURN_TOKEN'] !== undefined) {
    throw usage(
      'KEYTURN_TOKEN is set: it would be used instead of the credential of this login',
      'unset KEYTURN_TOKEN first',
    );
  }
  const way = chooseWay(input);
  const { target, session } = await readTarget(app, input, provider, way);
  const wanted = input.text('store');
  const deps: LoginDeps = {
    provider,
    profiles: await app.profiles(),
    clock: app.runtime.clock,
    transport: await app.transport(),
    store: () => app.store({ wanted, forWriting: true }),
    journal: () => app.journalHost(),
  };
  const before = await checkTarget(deps, target);
  const replaced = await chooseFate(app, input, deps, { target, before });
  const result = await logIn(app, input, deps, { way, target, session });
  return loginReport(app, provider, {
    result,
    settled: await settle(app, deps, replaced, result),
    file: session?.path ?? null,
  });
}

async function logIn(
  app: Pick<Services, 'note' | 'operationDeps' | 'prompter' | 'runtime' | 'sessionSeals' | 'verbose'>,
  input: Input,
  deps: LoginDeps,
  wanted: Wanted,
): Promise<LoginResult> {
  const { way, target, session } = wanted;
  // The vendor command's current profile is saved by name: a later change of its variables does not switch it.
  const tokenId = input.text('token-id') ?? null;
  if (session)
    return loginFromVendorCli(deps, target, { ...session, tokenId, seals: await app.sessionSeals() });
  return way === 'session' ? withSession(app, input, deps, target) : withToken(app, input, deps, target);
}

interface Wanted {
  readonly way: ReturnType<typeof chooseWay>;
  readonly target: LoginTarget;
  readonly session: Awaited<ReturnType<Services['vendorSession']>> | null;
}

async function withToken(
  app: Pick<Services, 'note' | 'prompter' | 'runtime' | 'verbose'>,
  input: Input,
  deps: LoginDeps,
  target: LoginTarget,
): Promise<LoginResult> {
  const { title, credential } = deps.provider;
  app.verbose(`${title} wants ${credential.kind}`);
  if (app.prompter.interactive && !input.flag('with-token') && input.text('token-file') === undefined) {
    app.note(`${title} wants ${credential.kind}.`);
    app.note(`Make one at ${credential.page}`);
  }
  return loginWithToken(deps, target, {
    secret: await askLate(app, input.text('token-file') === undefined, () =>
      readSecret(app, input, { what: `${title} token` }),
    ),
    tokenId: input.text('token-id') ?? null,
  });
}

async function withSession(
  app: Pick<Services, 'note' | 'operationDeps' | 'prompter' | 'runtime'>,
  input: Input,
  deps: LoginDeps,
  target: LoginTarget,
): Promise<LoginResult> {
  const { loginWithSession } = await import('../../../core/session-login.ts');
  const session = await askLate(app, app.runtime.env['KEYTURN_SESSION'] === undefined, () =>
    readSession(app, `the ${deps.provider.title} session cookie`),
  );
  const operationDeps: SessionLoginDeps['operationDeps'] = (client) => app.operationDeps(client);
  const name = input.text('name') ?? `keyturn@${app.runtime.hostname}`;
  const wishes = { name, scopes: input.list('scope', /[\s,]+/) };
  const result = await loginWithSession({ ...deps, session, operationDeps }, target, wishes);
  const { differences, issued } = result;
  app.note(
    `created the token "${issued.name}"${issued.id === null ? '' : ` (id ${safeText(issued.id, 200)})`} with ${issued.scopes.join(' ')} at ${placeText(deps.provider.title, target.profile)}; the cookie was used once and is forgotten`,
  );
  for (const difference of differences) app.note(`warning: ${safeText(difference, 1_000)}`);
  return result;
}

/** The profile that the login writes, with its settings and origin. */
async function readTarget(
  app: Pick<Services, 'globals' | 'note' | 'prompter' | 'runtime' | 'vendorSession'>,
  input: Input,
  provider: Provider,
  way: ReturnType<typeof chooseWay>,
): Promise<Pick<Wanted, 'target' | 'session'>> {
  const settings = await readSettings(app, input, provider);
  const url = input.text('url');
  const named = input.text('cli-file');
  if (named !== undefined && way !== 'vendor-cli')
    throw usage('"--cli-file" is given without "--from-cli"', 'add "--from-cli"');
  const file = named === undefined ? null : absolutePath(app.runtime, named);
  const session = way === 'vendor-cli' ? await app.vendorSession(provider.id, { profile: null, file }) : null;
  const natural = session?.isOriginConfirmed === false ? null : session?.origin;
  const origin = url !== undefined ? parseOrigin(url) : (natural ?? provider.origin(settings));
  if (session?.origin && session.origin !== origin) {
    throw usage(
      `the session in "${safeText(session.path, 300)}" is for ${session.origin}, not for ${origin}`,
      `log in with "--url ${session.origin}" if that is your ${provider.title}`,
    );
  }
  const profile = checkLocalName(app.globals.profile ?? provider.id, 'profile');
  const saveAs = input.text('save-as');
  if (saveAs !== undefined && way === 'vendor-cli')
    throw usage('"--from-cli" saves no credential', 'leave "--save-as" out');
  // Whoever wrote a repository may have put a session of their own into it.
  if (session?.isFromSharedPlace && (file === null || url === undefined))
    await confirmSession(app, { provider, session, settings, origin, profile });
  return {
    target: { profile, settings, origin, saveAs: saveAs && checkLocalName(saveAs, 'credential') },
    session,
  };
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

/** Each setting from its option, its variable, or a question. Off a terminal a missing setting is an error. */
async function readSettings(
  app: Pick<Services, 'note' | 'prompter' | 'runtime'>,
  input: Input,
  provider: Provider,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const setting of provider.settings) {
    const given = input.text(setting.name) ?? (app.runtime.env[variableOf(setting)] || undefined);
    if (given !== undefined) settings[setting.name] = setting.check(given);
    else if (setting.required) {
      settings[setting.name] = await askSetting(app, setting);
    }
  }
  return settings;
}

/**
 * A piped secret is read at once, before anything else is done. A person is asked when the store is ready, so that nobody
 * types a secret that cannot be saved.
 */
async function askLate(
  app: Pick<Services, 'prompter' | 'runtime'>,
  mayAsk: boolean,
  read: () => Promise<Secret>,
): Promise<() => Promise<Secret>> {
  if (mayAsk && app.prompter.interactive && app.runtime.stdin.isTerminal) return read;
  const secret = await read();
  return async () => secret;
}

/** Asks again after an invalid answer, so that a typing mistake does not end the login. */
async function askSetting(app: Pick<Services, 'note' | 'prompter'>, setting: Setting): Promise<string> {
  const examples = setting.choices?.join(', ') ?? `for example ${setting.placeholder}`;
  for (let tries = 1; ; tries += 1) {
    const answer = await app.prompter.ask(
      `${setting.about} (${examples}): `,
      `add "--${setting.name} ${setting.placeholder}"`,
    );
    try {
      return setting.check(answer);
    } catch (error) {
      if (!isAppError(error, 'usage') || tries === MOST_TRIES) throw error;
      app.note([error.facts.message, error.facts.hint].filter((part) => part !== undefined).join(': '));
    }
  }
}

const MOST_TRIES = 5;
