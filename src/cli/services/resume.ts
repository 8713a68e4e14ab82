import { Client, type Connection } from '../../core/client.ts';
import { loginProfile } from '../../core/create/login.ts';
import { accountOf, readPlan } from '../../core/operation/plan.ts';
import { refuseForeignToken } from '../../core/operation/refuse-foreign-token.ts';
import type { ResumeDeps } from '../../core/operation/take-up.ts';
import type { ResolvedConnection } from '../../core/resolved-connection.ts';
import { sessionScheme } from '../../core/session-scheme.ts';
import { type AppError, isAppError } from '../../domain/errors.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import { Secret } from '../../domain/secret.ts';
import { readSecretInput } from '../../domain/secret-input.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Services } from './services.ts';

/** The services that resume needs. */
export type ResumeServices = Pick<
  Services,
  | 'clientFor'
  | 'globals'
  | 'journalHost'
  | 'loadProvider'
  | 'operationDeps'
  | 'profiles'
  | 'resolve'
  | 'runtime'
  | 'store'
  | 'transport'
>;

/** Resumes an operation with the profile, or the environment, that it was started with. */
export async function resumeDeps(app: ResumeServices): Promise<ResumeDeps> {
  const host = await app.journalHost();
  return { host, makeDeps: async (header) => app.operationDeps(await clientOf(app, header)) };
}

/** Why KEYTURN_TOKEN must not be sent for this operation; null where it may be. */
export async function foreignToken(
  app: Pick<Services, 'globals' | 'profiles' | 'runtime'>,
  header: OperationHeader,
): Promise<AppError | null> {
  const { provider } = app.globals;
  return refuseForeignToken(header, { provider, env: app.runtime.env, profiles: await app.profiles() });
}

async function clientOf(
  app: Omit<ResumeServices, 'journalHost' | 'operationDeps'>,
  header: OperationHeader,
): Promise<Client> {
  const login = header.kind === 'login' ? loginProfile(header) : null;
  if (login) {
    const provider = await app.loadProvider(login.provider);
    const session = app.runtime.env['KEYTURN_SESSION'];
    // The cookie is not saved. A captured answer needs no cookie; a request that must be repeated fails with 401.
    const secret =
      session === undefined ? Secret.of('forgotten') : readSecretInput(session, 'KEYTURN_SESSION');
    const auth = sessionScheme(provider);
    const { name, settings, origin } = login;
    return new Client(
      { provider, profile: name, settings, origin, auth, secret, credentialName: null, tokenId: null },
      await app.transport(),
      { clock: app.runtime.clock },
    );
  }
  const foreign = await foreignToken(app, header);
  if (foreign) throw foreign;
  const env =
    header.profile === null ? app.runtime.env : { ...app.runtime.env, KEYTURN_PROFILE: header.profile };
  const provider = header.profile === null ? header.provider : undefined;
  const resolved = await app.resolve({ profile: undefined, provider, env });
  try {
    return await app.clientFor(resolved);
  } catch (error) {
    const { self, target } = readPlan(header.plan);
    const { credential } = resolved;
    // A managing credential that rotates itself may end first: the operation then continues with the new secret from the journal.
    if (!self || credential.kind !== 'store' || !isAppError(error, 'auth')) throw error;
    const store = await app.store();
    const kept = await store.find(credential.name);
    // Never sends another account's credential, not even one that has ended.
    if (!kept || compareAccounts(kept, accountOf(header)) === 'other') throw error;
    return endedClient(app, resolved, {
      secret: await store.open(kept.name),
      tokenId: target?.id ?? null,
    });
  }
}

async function endedClient(
  app: Pick<Services, 'runtime' | 'transport'>,
  { provider, profile, settings, origin, credential }: ResolvedConnection,
  own: Pick<Connection, 'secret' | 'tokenId'>,
): Promise<Client> {
  const credentialName = credential.kind === 'store' ? credential.name : null;
  const base = { provider, profile: profile?.name ?? null, settings, origin, auth: provider.auth[0] };
  return new Client({ ...base, ...own, credentialName }, await app.transport(), { clock: app.runtime.clock });
}
