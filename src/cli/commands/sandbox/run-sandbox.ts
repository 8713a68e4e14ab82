import { usage } from '../../../domain/errors.ts';
import { isStructured } from '../../../output/report.ts';
import { parseFault } from '../../../sandbox/faults.ts';
import { readSwitches } from '../../../sandbox/read-switches.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandboxServer } from '../../../sandbox/server.ts';
import { openStateFile, type StateFile } from '../../../sandbox/state-file.ts';
import { type BootstrapLogin, PROVIDER_IDS } from '../../../sandbox/vendor.ts';
import { sandboxLine } from '../../documents/sandbox.ts';
import { absolutePath, findOwnFolders } from '../../services/named-paths.ts';
import type { Services } from '../../services/services.ts';

export interface SandboxWishes {
  readonly port: number;
  readonly latencyMs: number;
  readonly faults: readonly string[];
  readonly stateFile: string | null;
  readonly seedTokens: number;
  /** `NAME=VALUE` of the assumptions and the shapes of answers. */
  readonly assumed: readonly string[];
  readonly devoDomain: string | null;
}

/** Serves until the process is asked to stop. How to log in goes to stdout; each request is a line on stderr with `--verbose`. */
export async function runSandbox(
  app: Pick<Services, 'globals' | 'loadProvider' | 'paths' | 'runtime' | 'verbose'>,
  wishes: SandboxWishes,
): Promise<void> {
  const { clock, random, stdout, stop } = app.runtime;
  const faults = wishes.faults.map(parseFault);
  const world = { now: () => clock.now(), random: (count: number) => random.bytes(count) };
  const seed = wishes.devoDomain === null ? {} : { devoDomain: checkDomain(wishes.devoDomain) };
  const sandbox = createSandbox({ world, seed, ...readSwitches(wishes.assumed) });
  const file = wishes.stateFile === null ? null : await openState(app, wishes.stateFile);
  if (file?.state !== undefined) sandbox.load(file.state);
  if (wishes.seedTokens > 0)
    for (const provider of PROVIDER_IDS) sandbox.seedTokens(provider, wishes.seedTokens);
  await file?.save(sandbox.save());
  const server = await startSandboxServer({
    sandbox,
    port: wishes.port,
    faults,
    latencyMs: wishes.latencyMs,
    log: (line) => app.verbose(line),
    ...(file ? { persist: (state) => file.save(state) } : {}),
  });
  try {
    await stdout.write(await announcement(app, server.origin, sandbox));
    await new Promise<void>((finish) => {
      if (stop.aborted) finish();
      else stop.addEventListener('abort', () => finish(), { once: true });
    });
  } finally {
    await server.close();
  }
}

async function openState(app: Pick<Services, 'paths' | 'runtime'>, path: string): Promise<StateFile> {
  const { refuseClosedPlace } = await import('../../../adapters/disk/closed-places.ts');
  const absolute = absolutePath(app.runtime, path);
  await refuseClosedPlace(absolute, await findOwnFolders(app));
  return openStateFile(absolute);
}

/** The domain is part of paths and of the printed login lines. */
function checkDomain(domain: string): string {
  if (/^[\w.-]+(@[\w.-]+)?$/.test(domain)) return domain;
  throw usage(`not a Devo domain: "${domain}"`, 'write it as NAME or CHILD@PARENT');
}

async function announcement(
  app: Pick<Services, 'globals' | 'loadProvider'>,
  origin: string,
  sandbox: Sandbox,
): Promise<string> {
  if (isStructured(app.globals.format)) {
    return sandboxLine(origin, sandbox.logins);
  }
  const lines: string[] = [];
  for (const login of sandbox.logins) {
    const { settings } = await app.loadProvider(login.provider);
    const names = settings.map((setting) => setting.name);
    lines.push(`  # ${login.provider}: ${login.what}\n  ${howToLogIn(login, names, origin)}\n`);
  }
  return `The sandbox plays all four vendors at ${origin}. Ctrl-C stops it.\n\nLog in to it:\n\n${lines.join('\n')}\n`;
}

/** A line to paste. It pipes the secret, as a login with a real secret should. */
function howToLogIn(login: BootstrapLogin, names: readonly string[], origin: string): string {
  const settings = Object.entries(login.settings)
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => ` --${name} ${value}`)
    .join('');
  const session = login.scheme === 'session-cookie';
  const how = session ? `--profile ${login.provider}-session --session` : '--with-token';
  return `echo '${login.secret}' | keyturn login ${login.provider}${settings} --url ${origin} ${how}`;
}
