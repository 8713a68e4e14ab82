// A process of its own for the tests of locks and of the store: one command from argv, one JSON line as the result.
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [source, command, folder, ...rest] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(source, path)).href);
const { createNodeDisk } = await load('adapters/disk/node-disk.js');
const { createFileLocks } = await load('adapters/locks/file-locks.js');
const { createProcesses } = await load('adapters/locks/process-identity.js');

const disk = createNodeDisk();
const random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
const clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
const processes = createProcesses({ pid: process.pid, signalZero: () => true });
const locks = createFileLocks({ disk, random, clock, processes, folder: join(folder, 'locks') });
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function openStore() {
  const { createCredentialStore } = await load('adapters/store/credential-store.js');
  const { Secret } = await load('domain/secret.js');
  const key = process.env['TEST_VAULT_KEY'];
  return createCredentialStore({
    disk,
    random,
    clock,
    locks,
    keychain: {
      getPassword: async () => (key === undefined ? null : Secret.of(key)),
      setPassword: async () => undefined,
      deletePassword: async () => false,
    },
    passphrase: async () => {
      throw new Error('not asked');
    },
    path: join(folder, 'credentials.yaml'),
    kindForNewFile: 'keychain',
    waitMs: 30_000,
  });
}

const commands = {
  /** Takes the lock many times and looks whether anybody else is inside. */
  async race(count) {
    let together = 0;
    const inside = join(folder, 'inside');
    for (let round = 0; round < Number(count); round += 1) {
      await locks.hold('race', 60_000, async () => {
        try {
          closeSync(openSync(inside, 'wx'));
        } catch {
          together += 1;
          return;
        }
        if (round % 3 === 0) await clock.sleep(1);
        unlinkSync(inside);
      });
    }
    say({ together });
  },
  /** Holds the lock until it is killed. */
  async hold() {
    await locks.hold('race', 1_000, async () => {
      say(process.pid);
      await clock.sleep(60_000);
    });
  },
  /** Holds the lock until a line comes, and tells whether it still had it then. */
  async keep() {
    await locks.hold('race', 1_000, async (stillHeld) => {
      console.log(process.pid);
      await new Promise((resolve) => process.stdin.once('data', resolve));
      console.log(
        await stillHeld().then(
          () => 'held',
          (error) => error.code,
        ),
      );
      process.stdin.destroy();
    });
  },
  async write(id, count) {
    const store = await openStore();
    const { Secret } = await load('domain/secret.js');
    for (let n = 0; n < Number(count); n += 1) {
      const name = n === 0 ? 'shared' : `w${id}-${n}`;
      const facts = { kind: 'token', provider: 'errova', origin: null, settings: null, project: null };
      const more = { id: null, scopes: null, createdAt: null, expiresAt: null };
      await store.save({ name, ...facts, ...more }, Secret.of(`value-${name}`), 'anything');
    }
    say('done');
  },
  async read(count) {
    const store = await openStore();
    const wrong = [];
    let fewest = 0;
    for (let n = 0; n < Number(count); n += 1) {
      const names = (await store.list()).map((credential) => credential.name);
      if (names.length < fewest) wrong.push('an entry was lost');
      fewest = names.length;
      const secret = (await store.open('shared')).reveal();
      if (secret !== 'value-shared') wrong.push('a wrong secret');
      await clock.sleep(5);
    }
    say({ wrong });
  },
};
await commands[command](...rest);
