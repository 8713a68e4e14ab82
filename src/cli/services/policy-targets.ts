import { dirname } from 'node:path';
import type { OperationDeps } from '../../core/operation/deps.ts';
import { checkToken } from '../../core/policy/specify.ts';
import type { PolicyTarget } from '../../core/policy/target.ts';
import type { ResolvedConnection } from '../../core/resolved-connection.ts';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { PolicyToken } from '../../domain/policy.ts';
import { safeText } from '../../domain/text.ts';
import { absolutePath, findOwnFolders, isStdin, readNamedInput } from './named-paths.ts';
import { once } from './once.ts';
import { openDestination } from './open-destination.ts';
import type { Services } from './services.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * The file's tokens, each with its connection and its destinations. Everything that can be refused without asking a provider is
 * refused here, with its place in the file; nothing is sent.
 */
export async function loadTargets(app: Services, path: string): Promise<readonly PolicyTarget[]> {
  const { readPolicy, noSuchFile } = await import('../../adapters/policy/read-policy.ts');
  const bytes = await readNamedInput(app.runtime, path, MOST_BYTES);
  if (bytes === null) throw noSuchFile(safeText(path, 300));
  const folder = isStdin(path) ? app.runtime.cwd : dirname(absolutePath(app.runtime, path));
  const file = await readPolicy(bytes, { shown: path, folder });
  const places = new Map<string | null, Place>();
  const targets: PolicyTarget[] = [];
  for (const token of file.policy.tokens) {
    try {
      const place = places.get(token.profile) ?? (await findPlace(app, token.profile));
      places.set(token.profile, place);
      targets.push(await makeTarget(app, token, { place, folder }));
    } catch (error) {
      if (!isAppError(error)) throw error;
      throw new AppError({
        ...error.facts,
        message: file.fail(token, `cannot be followed: ${error.facts.message},`, undefined).message,
      });
    }
  }
  return targets;
}

/** A connection of the policy; unlocked when the first token needs it. */
interface Place {
  readonly resolved: ResolvedConnection;
  readonly connect: () => Promise<OperationDeps>;
}

async function findPlace(
  app: Pick<Services, 'clientFor' | 'operationDeps' | 'resolve' | 'resolved' | 'runtime'>,
  profile: string | null,
): Promise<Place> {
  if (profile === null) return { resolved: await app.resolved(), connect: once(() => app.operationDeps()) };
  const resolved = await app.resolve({ profile, provider: undefined, env: app.runtime.env });
  return { resolved, connect: once(async () => app.operationDeps(await app.clientFor(resolved))) };
}

interface Where {
  readonly place: Place;
  /** The folder of the policy's file. */
  readonly folder: string;
}

async function makeTarget(
  app: Pick<Services, 'children' | 'disk' | 'note' | 'paths' | 'runtime'>,
  token: PolicyToken,
  { place, folder }: Where,
): Promise<PolicyTarget> {
  const { provider, profile } = place.resolved;
  for (const line of checkToken(token, provider, app.runtime.clock.now())) app.note(line);
  await refuseClosed(app, token);
  const destinations = await Promise.all(
    token.deliver.map((label) => openDestination(app, label, { force: true })),
  );
  const outside = await findOutside(token, folder);
  return { token, provider, profile: profile?.name ?? null, destinations, outside, connect: place.connect };
}

/** Refuses destinations in keyturn's own folders, in `plan` as in `apply`. */
async function refuseClosed(app: Pick<Services, 'paths'>, { deliver }: PolicyToken): Promise<void> {
  const [{ refuseClosedPlace }, { pathOfDestination }] = await Promise.all([
    import('../../adapters/disk/closed-places.ts'),
    import('../../adapters/destinations/parse-destination.ts'),
  ]);
  for (const path of deliver.map(pathOfDestination))
    if (path !== null) await refuseClosedPlace(path, await findOwnFolders(app));
}

/** The destinations outside the policy's folder, with links resolved; GitHub's files are always outside. */
async function findOutside({ deliver }: PolicyToken, folder: string): Promise<readonly string[]> {
  const [{ leadsOutside }, { pathOfDestination }] = await Promise.all([
    import('../../adapters/disk/leads-outside.ts'),
    import('../../adapters/destinations/parse-destination.ts'),
  ]);
  const outside: string[] = [];
  for (const label of deliver) {
    const path = pathOfDestination(label);
    if (label.startsWith('github-') || (path !== null && (await leadsOutside(path, folder))))
      outside.push(label);
  }
  return outside;
}
