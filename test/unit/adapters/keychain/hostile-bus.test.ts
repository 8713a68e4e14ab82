import { describe, expect, it, onTestFinished } from 'vitest';
import type { Writer } from '../../../../src/adapters/keychain/dbus-wire.ts';
import { createKeychain } from '../../../../src/adapters/keychain/keychain.ts';
import type { KeychainOptions } from '../../../../src/adapters/keychain/keychain-options.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import {
  complete,
  type FakeBus,
  type Misbehaviour,
  startFakeBus,
  writePaths,
} from '../../../support/fake-bus.ts';

const VALUE = 'the value';
const OTHER = ':1.66';
const SILENT = 'the keychain does not answer';
const REFUSED = 'the keychain refused';
const LOCKED = 'the keychain is locked';
const GONE = 'the keychain cannot be reached: no program here offers the Secret Service';

async function start(more: Partial<KeychainOptions> = {}) {
  const bus = await startFakeBus();
  onTestFinished(() => bus.stop());
  const notes: string[] = [];
  const keychain = createKeychain({
    env: { ...bus.env, ...(more.interactive ? { DISPLAY: ':99' } : {}) },
    platform: 'linux',
    node: '/nonexistent',
    program: '/nonexistent',
    interactive: false,
    note: (line) => notes.push(line),
    // Of these, 500 ms are for the call itself.
    timeoutMs: 2_800,
    promptTimeoutMs: 300,
    ...more,
  });
  return {
    bus,
    notes,
    get: async () => (await keychain.getPassword('keyturn', 'vault-1'))?.reveal() ?? null,
    set: (value: string) => keychain.setPassword('keyturn', 'vault-1', Secret.of(value)),
    remove: () => keychain.deletePassword('keyturn', 'vault-1'),
  };
}

/** No connection stays open. */
async function expectClosed(bus: FakeBus): Promise<void> {
  await expect.poll(() => bus.open.size).toBe(0);
}

/** Unlocked items, and no locked ones. */
const writeFound = (found: readonly string[]) => (out: Writer) => {
  writePaths(out, found);
  writePaths(out, []);
};
const nothing: Misbehaviour = () => {};
const drip: Misbehaviour = ({ socket }) => {
  // The start of a reply whose fields and body are 1,000 bytes each.
  const head = Buffer.from('6c020101e803000001000000e8030000', 'hex');
  let at = 0;
  const timer = setInterval(() => {
    socket.write(head.subarray(at, at + 1).length > 0 ? head.subarray(at, at + 1) : 'x');
    at += 1;
  }, 10);
  socket.on('close', () => clearInterval(timer));
};
const flood: Misbehaviour = (call) => {
  const timer = setInterval(() => complete(call.reply, false), 1);
  call.socket.on('close', () => clearInterval(timer));
};
const hangUp: Misbehaviour = ({ socket }) => socket.destroy();
const otherTypes: Misbehaviour = ({ reply }) => reply('s', (out) => out.text('x'));
const cutShort =
  (signature: string): Misbehaviour =>
  ({ reply }) =>
    reply(signature, (out) => out.number(1));
const endlessArray =
  (signature: string): Misbehaviour =>
  ({ reply }) =>
    reply(signature, (out) => {
      out.pad(8);
      out.number(0xffff_fff0);
      out.number(0);
    });
const huge: Misbehaviour = ({ socket }) => {
  // Announces 2 GiB.
  const head = Buffer.alloc(16);
  head.write('l\x02\x01\x01', 'latin1');
  head.writeUInt32LE(0x7fff_ffff, 4);
  socket.write(Buffer.concat([head, Buffer.alloc(64 * 1024)]));
};
const nonsense: Misbehaviour = ({ socket }) => socket.write(Buffer.alloc(4_096, 0xaa));
const refuse =
  (error: string, sender?: string): Misbehaviour =>
  (call) =>
    call.refuse(error, sender);
const fromAnother: Misbehaviour = ({ reply }) => reply('aoao', writeFound([]), { sender: OTHER });

const session =
  (publicKey: Uint8Array, path = '/session', type = 'ay'): Misbehaviour =>
  ({ reply }) =>
    reply('vo', (out) => {
      out.signature(type);
      out.blob(publicKey);
      out.text(path);
    });
const secret =
  (iv: number, value: number): Misbehaviour =>
  ({ reply }) =>
    reply('(oayays)', (out) => {
      out.pad(8);
      out.text('/session');
      out.blob(Buffer.alloc(iv, 7));
      out.blob(Buffer.alloc(value, 7));
      out.text('text/plain');
    });
const paths =
  (...found: readonly string[]): Misbehaviour =>
  ({ reply }) =>
    reply('aoao', writeFound(found));

const ends =
  (wasDismissed: boolean, more = {}): Misbehaviour =>
  ({ reply }) => {
    reply('');
    complete(reply, wasDismissed, more);
  };
const endsInOtherTypes: Misbehaviour = ({ reply }) => {
  reply('');
  const header = {
    type: 4,
    path: '/prompt',
    interface: 'org.freedesktop.Secret.Prompt',
    member: 'Completed',
  };
  reply('s', (out) => out.text('x'), header);
};
const staysLocked: Misbehaviour = (call) => {
  call.bus.misbehave.set('SearchItems', refuse('org.freedesktop.Secret.Error.IsLocked'));
  ends(false)(call);
};

const EVERY = ['SearchItems', 'OpenSession', 'GetSecret'] as const;
const TYPES = { SearchItems: 'aoao', OpenSession: 'vo', GetSecret: '(oayays)' } as const;
const LARGEST = Buffer.from(`${'f'.repeat(16)}c90fdaa2`.padEnd(256, 'f'), 'hex');

type Row = readonly [what: string, member: string, misbehaviour: Misbehaviour, message: string];

const ROWS: readonly Row[] = [
  ...EVERY.flatMap((member): readonly Row[] => [
    ['never answers', member, nothing, SILENT],
    ['answers a byte at a time', member, drip, SILENT],
    ['sends other signals for ever', member, flood, SILENT],
    ['ends the connection', member, hangUp, REFUSED],
    ['answers with other types', member, otherTypes, REFUSED],
    ['answers with no body', member, ({ reply }) => reply(''), REFUSED],
    ['is cut short', member, cutShort(TYPES[member]), REFUSED],
    ['has an array that never ends', member, endlessArray(TYPES[member]), REFUSED],
    ['announces 2 GiB', member, huge, REFUSED],
    ['is no D-Bus', member, nonsense, REFUSED],
    ['refuses', member, refuse('org.freedesktop.DBus.Error.Failed'), REFUSED],
    ['refuses with a name that is none', member, refuse('x'.repeat(1_000)), REFUSED],
    ['is answered by another connection', member, fromAnother, SILENT],
    ['is refused by another connection', member, refuse('org.freedesktop.DBus.Error.Failed', OTHER), SILENT],
  ]),
  ['is of another algorithm', 'OpenSession', refuse('org.freedesktop.DBus.Error.NotSupported'), REFUSED],
  ['gives a key of 0', 'OpenSession', session(Buffer.alloc(128)), REFUSED],
  ['gives a key of 1', 'OpenSession', session(Buffer.from([1])), REFUSED],
  ['gives no key', 'OpenSession', session(Buffer.alloc(0)), REFUSED],
  ['gives a key beyond the prime', 'OpenSession', session(LARGEST), REFUSED],
  ['gives a key that is too long', 'OpenSession', session(Buffer.alloc(129, 2)), REFUSED],
  ['gives a text for a key', 'OpenSession', session(Buffer.from('key'), '/session', 's'), REFUSED],
  ['gives a session that is no path', 'OpenSession', session(Buffer.alloc(128, 2), 'session'), REFUSED],
  ['has no IV', 'GetSecret', secret(0, 16), REFUSED],
  ['has an IV that is too long', 'GetSecret', secret(17, 16), REFUSED],
  ['has no value', 'GetSecret', secret(16, 0), REFUSED],
  ['has half a block', 'GetSecret', secret(16, 24), REFUSED],
  ['has a value of another key', 'GetSecret', secret(16, 64), REFUSED],
  ['finds a path that is none', 'SearchItems', paths("/a' or"), REFUSED],
  ['finds two items', 'SearchItems', paths('/a', '/b'), 'the keychain has 2 items "vault-1" of "keyturn"'],
];

describe('a Secret Service that does not do as it should', () => {
  it('is tested against one that does', async () => {
    const { bus, get, set, remove, notes } = await start();
    expect(await get()).toBe(VALUE);
    expect(bus.calls).toEqual(['Hello', 'ReadAlias', 'Get', 'SearchItems', 'OpenSession', 'GetSecret']);
    await set('ünïcode → 😀');
    expect(bus.value.toString()).toBe('ünïcode → 😀');
    expect(await remove()).toBe(true);
    bus.items = [];
    expect([await get(), await remove()]).toEqual([null, false]);
    expect(notes).toEqual([]);
    await expectClosed(bus);
  });

  it.each(ROWS)('%s: %s', async (_, member, misbehaviour, message) => {
    const { bus, get } = await start();
    bus.misbehave.set(member, misbehaviour);
    const started = performance.now();
    await expect(get()).rejects.toMatchObject({ code: 'unavailable', message });
    expect(performance.now() - started).toBeLessThan(2_800);
    await expectClosed(bus);
  });

  it.each([
    ['silent', nothing, SILENT],
    ['of other types', ({ reply }) => reply('u', (out) => out.number(1)), GONE],
    ['no path', ({ reply }) => reply('o', (out) => out.text('x y')), SILENT],
    ['from no connection', ({ reply }) => reply('o', (out) => out.text('/a'), { sender: 'a.b' }), GONE],
    ['the bus: no reply', refuse('org.freedesktop.DBus.Error.NoReply', 'org.freedesktop.DBus'), SILENT],
    ['the bus: no owner', refuse('org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus'), GONE],
  ] as readonly (readonly [string, Misbehaviour, string])[])(
    'an answer to the first question that is %s',
    async (_, misbehaviour, message) => {
      const { bus, get } = await start();
      bus.misbehave.set('ReadAlias', misbehaviour);
      await expect(get()).rejects.toMatchObject({ code: 'unavailable', message });
      await expectClosed(bus);
    },
  );

  it.each<readonly [string, string, (bus: FakeBus) => void]>([
    [
      'killed',
      GONE,
      ({ misbehave }) => {
        misbehave.set(
          'ReadAlias',
          refuse('org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus'),
        );
      },
    ],
    [
      'locked',
      LOCKED,
      (bus) => {
        bus.isLocked = true;
      },
    ],
    ['replaced by another program', REFUSED, () => {}],
    [
      'stopped',
      SILENT,
      ({ misbehave }) => {
        misbehave.set('ReadAlias', nothing);
      },
    ],
  ])('in the middle of a call: %s', async (_, message, change) => {
    for (const member of EVERY) {
      const { bus, get } = await start();
      bus.misbehave.set(member, (call) => {
        change(bus);
        // The name that keyturn speaks to is the connection's own, which is gone.
        call.refuse('org.freedesktop.DBus.Error.NameHasNoOwner', 'org.freedesktop.DBus');
      });
      await expect(get()).rejects.toMatchObject({ code: 'unavailable', message });
      await expectClosed(bus);
    }
  });

  it('a write that is not kept, and one that is kept otherwise', async () => {
    const { bus, set } = await start();
    bus.misbehave.set('SetSecret', ({ reply }) => reply(''));
    await expect(set('another')).rejects.toMatchObject({
      message: 'the keychain did not keep what was written to it',
    });
    bus.misbehave.set('SetSecret', refuse('org.freedesktop.DBus.Error.Failed'));
    await expect(set('another')).rejects.toMatchObject({ message: REFUSED });
    bus.misbehave.set('SetSecret', nothing);
    await expect(set('another')).rejects.toMatchObject({ message: SILENT });
    await expectClosed(bus);
  });
});

describe('a prompt of the Secret Service', () => {
  const NOTES = ['waiting for the keyring to be unlocked…'];

  it('is answered by a person, and then the value is there', async () => {
    const { bus, get, notes } = await start({ interactive: true });
    bus.isLocked = true;
    expect(await get()).toBe(VALUE);
    expect(notes).toEqual(NOTES);
    await expectClosed(bus);
  });

  it('is shown for an item that is locked by itself', async () => {
    const { bus, get, notes } = await start({ interactive: true });
    Object.assign(bus, { items: [], lockedItems: ['/item/1'] });
    expect(await get()).toBe(VALUE);
    expect(notes).toEqual(NOTES);
  });

  it.each(['Unlock', 'Delete'])('is never shown where nobody can answer: %s', async (member) => {
    const { bus, get, remove, notes } = await start();
    if (member === 'Unlock') Object.assign(bus, { items: [], lockedItems: ['/item/1'] });
    bus.misbehave.set('Delete', ({ reply }) => reply('o', (out) => out.text('/prompt')));
    await expect(member === 'Unlock' ? get() : remove()).rejects.toMatchObject({ message: LOCKED });
    expect(bus.calls).not.toContain('Prompt');
    expect(notes).toEqual([]);
    await expectClosed(bus);
  });

  it.each([
    ['is dismissed', ends(true)],
    ['is never answered', ({ reply }) => reply('')],
    ['never comes', nothing],
    ['is refused', refuse('org.freedesktop.DBus.Error.Failed')],
    ['is answered by another', ends(false, { sender: OTHER })],
    ['is another prompt', ends(false, { path: '/other' })],
    ['completes with other types', endsInOtherTypes],
    ['completes and the keyring stays locked', staysLocked],
  ] as readonly (readonly [string, Misbehaviour])[])('%s', async (_, misbehaviour) => {
    const { bus, get, notes } = await start({ interactive: true });
    bus.isLocked = true;
    bus.misbehave.set('Prompt', misbehaviour);
    const started = performance.now();
    await expect(get()).rejects.toMatchObject({ code: 'unavailable', message: LOCKED });
    expect(performance.now() - started).toBeLessThan(2_800);
    expect(notes).toEqual(NOTES);
    await expectClosed(bus);
  });
});

describe('Ctrl-C', () => {
  const stopError = new AppError({ code: 'interrupted', message: 'interrupted' });

  it.each(['Hello', 'ReadAlias', 'GetSecret', 'Prompt'])('ends a call at once: %s', async (member) => {
    const stop = new AbortController();
    const { bus, get } = await start({
      stop: stop.signal,
      interactive: true,
      timeoutMs: 60_000,
      promptTimeoutMs: 60_000,
    });
    bus.isLocked = member === 'Prompt';
    bus.misbehave.set(member, () => setImmediate(() => stop.abort(stopError)));
    const started = performance.now();
    await expect(get()).rejects.toBe(stopError);
    expect(performance.now() - started).toBeLessThan(900);
    await expectClosed(bus);
  });

  it('does not keep a later call from finishing its work, which shows no prompt any more', async () => {
    const { bus, get, remove } = await start({ stop: AbortSignal.abort(stopError), interactive: true });
    expect(await remove()).toBe(true);
    bus.isLocked = true;
    await expect(get()).rejects.toMatchObject({ message: LOCKED });
    expect(bus.calls).not.toContain('Unlock');
  });
});
