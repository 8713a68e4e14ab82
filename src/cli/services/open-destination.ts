import type { DestinationDeps } from '../../adapters/destinations/destination-deps.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Destination } from '../../ports/destination.ts';
import { absolutePath, findOwnFolders } from './named-paths.ts';
import type { Services } from './services.ts';
import { maskInCi } from './show-secret.ts';

/** A destination from what the person wrote, or from what an unfinished operation remembers. Paths are made absolute. */
export async function openDestination(
  app: Pick<Services, 'children' | 'disk' | 'note' | 'paths' | 'runtime'>,
  label: string,
  may: Pick<DestinationDeps, 'force' | 'keepVariables'>,
): Promise<Destination> {
  const [{ parseDestination }, { createProcesses }] = await Promise.all([
    import('../../adapters/destinations/parse-destination.ts'),
    import('../../adapters/locks/process-identity.ts'),
  ]);
  const absolute = label.replace(
    /^(file|env):(?=.)(.*)$/s,
    (_, kind: string, path: string) => `${kind}:${absolutePath(app.runtime, path)}`,
  );
  const { random, env, clock, pid, processExists } = app.runtime;
  const destination = parseDestination(absolute, {
    disk: await app.disk(),
    random,
    children: await app.children(),
    env,
    note: (line) => app.note(line),
    ...may,
    ownFolders: await findOwnFolders(app),
    clock,
    processes: createProcesses({ pid, signalZero: processExists }),
  });
  return maskedFirst(app, destination);
}

/** In CI, whatever the destination: the next steps read it, and show it. One that holds the secret already is masked too. */
function maskedFirst(app: Pick<Services, 'runtime'>, destination: Destination): Destination {
  let masked = false;
  const mask = async (secret: Secret) => {
    if (!masked) await maskInCi(app, secret);
    masked = true;
  };
  return {
    ...destination,
    async holds(secret) {
      await mask(secret);
      return destination.holds(secret);
    },
    async deliver(secret) {
      await mask(secret);
      await destination.deliver(secret);
    },
  };
}
