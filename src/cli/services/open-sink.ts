import type { SinkDeps } from '../../adapters/sinks/sink-deps.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Sink } from '../../ports/sink.ts';
import { absolutePath, findOwnFolders } from './named-paths.ts';
import type { Services } from './services.ts';
import { maskInCi } from './show-secret.ts';

/** A sink from what the person wrote, or from what an unfinished operation remembers. Paths are made absolute. */
export async function openSink(
  app: Pick<Services, 'children' | 'disk' | 'note' | 'paths' | 'runtime'>,
  label: string,
  may: Pick<SinkDeps, 'force' | 'keepVariables'>,
): Promise<Sink> {
  const [{ parseSink }, { createProcesses }] = await Promise.all([
    import('../../adapters/sinks/parse-sink.ts'),
    import('../../adapters/locks/process-identity.ts'),
  ]);
  const absolute = label.replace(
    /^(file|env):(?=.)(.*)$/s,
    (_, kind: string, path: string) => `${kind}:${absolutePath(app.runtime, path)}`,
  );
  const { random, env, clock, pid, processExists } = app.runtime;
  const sink = parseSink(absolute, {
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
  return maskedFirst(app, sink);
}

/** In CI, whatever the destination: the next steps read it, and show it. One that holds the secret already is masked too. */
function maskedFirst(app: Pick<Services, 'runtime'>, sink: Sink): Sink {
  let masked = false;
  const mask = async (secret: Secret) => {
    if (!masked) await maskInCi(app, secret);
    masked = true;
  };
  return {
    ...sink,
    async holds(secret) {
      await mask(secret);
      return sink.holds(secret);
    },
    async deliver(secret) {
      await mask(secret);
      await sink.deliver(secret);
    },
  };
}
