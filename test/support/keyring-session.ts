import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { probeSecretService, type ServiceState } from '../../src/adapters/keychain/find-secret-service.ts';

export type KeyringKind = 'unlocked' | 'locked' | 'no-default-collection' | 'no-service';

/** A real gnome-keyring on a D-Bus session of its own. */
export interface KeyringSession {
  /** For keyturn and for `secret-tool`: its own HOME, XDG_RUNTIME_DIR and bus, and no display. */
  readonly env: Record<string, string>;
  readonly folder: string;
  /** Null with `no-service`. */
  readonly daemon: () => ChildProcess | null;
  /** Ends the daemon and starts another on the same files. */
  restart(kind: 'unlocked' | 'locked'): Promise<void>;
  /** Ends everything that was started and removes the files. */
  stop(): Promise<void>;
}

const READY_MS = 10_000;

export async function startKeyring(kind: KeyringKind = 'unlocked'): Promise<KeyringSession> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-ring-'));
  const socket = join(folder, 'bus');
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: join(folder, 'home'),
    NODE_DISABLE_COMPILE_CACHE: '1',
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
  };
  mkdirSync(join(folder, 'home'), { mode: 0o700 });
  mkdirSync(join(folder, 'run'), { mode: 0o700 });
  // No service folders: nothing is started on demand, so that "absent" means absent.
  writeFileSync(
    join(folder, 'bus.conf'),
    `<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
    <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
    </busconfig>`,
  );
  const bus = spawn('dbus-daemon', ['--nofork', `--config-file=${join(folder, 'bus.conf')}`], {
    env,
    stdio: 'ignore',
  });
  let daemon: ChildProcess | null = null;
  const session: KeyringSession = {
    env,
    folder,
    daemon: () => daemon,
    async restart(next) {
      if (daemon) await end(daemon);
      daemon = startDaemon(env, next);
      await waitFor(env, next);
    },
    async stop() {
      if (daemon) await end(daemon);
      await end(bus);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await waitFor(env, 'no-service');
    if (kind === 'unlocked' || kind === 'locked') await session.restart('unlocked');
    if (kind === 'locked') await session.restart('locked');
    if (kind === 'no-default-collection') {
      daemon = startDaemon(env, 'locked');
      await waitFor(env, kind);
    }
  } catch (error) {
    await session.stop();
    throw error;
  }
  return session;
}

function startDaemon(env: Record<string, string>, kind: 'unlocked' | 'locked'): ChildProcess {
  const how = kind === 'unlocked' ? '--unlock' : '--start';
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', how, '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.stdin?.on('error', () => {});
  daemon.stdin?.end(kind === 'unlocked' ? 'the password of the test keyring' : '');
  return daemon;
}

async function waitFor(env: Record<string, string>, state: ServiceState): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let seen: ServiceState | null = null;
  while (Date.now() < deadline) {
    seen = await probeSecretService(env);
    if (seen === state) return;
    await pause(20);
  }
  throw new Error(`the test keyring is ${seen}, not ${state}`);
}

/** SIGKILL, which a stopped process obeys too. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
