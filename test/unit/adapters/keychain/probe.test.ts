import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findBusSockets } from '../../../../src/adapters/keychain/bus-address.ts';
import { decodeMessage, encodeCall } from '../../../../src/adapters/keychain/dbus-wire.ts';
import { probeSecretService } from '../../../../src/adapters/keychain/find-secret-service.ts';

/** The address of a socket, as D-Bus has it. */
function toBusAddress(socket: string): string {
  const abstract = socket.startsWith('\0');
  const bytes = Buffer.from(abstract ? socket.slice(1) : socket, 'utf8');
  const escaped = [...bytes].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_\-/.*\\]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  });
  return `unix:${abstract ? 'abstract' : 'path'}=${escaped.join('')}`;
}

/** A socket with somebody behind it; the folder and the server go with the test. */
async function listen(onSocket: (socket: Socket) => void, abstract = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bus-'));
  const path = abstract ? `\0${folder}` : join(folder, 'bus');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return toBusAddress(path);
}

describe('findBusSockets', () => {
  it('reads every form of address that names a socket', () => {
    const find = (DBUS_SESSION_BUS_ADDRESS: string, XDG_RUNTIME_DIR?: string) =>
      findBusSockets({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
    expect(find('unix:path=/run/user/1000/bus')).toEqual(['/run/user/1000/bus']);
    expect(find('unix:path=/a%20b%2c,guid=00ff')).toEqual(['/a b,']);
    expect(find('unix:abstract=/tmp/dbus-x,guid=1')).toEqual(['\0/tmp/dbus-x']);
    expect(find('tcp:host=h,port=1;unix:path=/a;unix:abstract=b')).toEqual(['/a', '\0b']);
    expect(find('unix:runtime=yes', '/run/user/7')).toEqual(['/run/user/7/bus']);
    expect(find('autolaunch:', '/run/user/7')).toEqual([]);
    expect(find('unix:path=%zz')).toEqual([]);
    expect(find('', '/run/user/7')).toEqual(['/run/user/7/bus']);
    expect(find('', 'relative')).toEqual([]);
    expect(findBusSockets({})).toEqual([]);
  });

  it('reads any address back', () => {
    const path = fc
      .string({ minLength: 1, unit: 'binary' })
      .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text);
    fc.assert(
      fc.property(path, fc.boolean(), (text, abstract) => {
        const socket = abstract ? `\0${text}` : text;
        expect(findBusSockets({ DBUS_SESSION_BUS_ADDRESS: toBusAddress(socket) })).toEqual([socket]);
      }),
    );
  });
});

describe('decodeMessage', () => {
  it('takes any bytes without another error than RangeError', () => {
    const call = encodeCall(
      {
        destination: 'a.b',
        path: '/x',
        interface: 'i.j',
        member: 'M',
        signature: 'su',
        write(body) {
          body.text('text');
          body.number(7);
        },
      },
      9,
    );
    expect(decodeMessage(call)?.size).toBe(call.length);
    expect(decodeMessage(call.subarray(0, -1))).toBe(null);
    fc.assert(
      fc.property(fc.nat(call.length - 1), fc.nat(255), fc.uint8Array(), (at, value, tail) => {
        const data = Buffer.concat([call, tail]);
        data[at] = value;
        try {
          decodeMessage(data);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('probeSecretService', () => {
  const probe = (DBUS_SESSION_BUS_ADDRESS: string) => probeSecretService({ DBUS_SESSION_BUS_ADDRESS }, 300);

  it('does not wait for a bus that accepts and stays silent', async () => {
    for (const abstract of process.platform === 'linux' ? [false, true] : [false]) {
      const address = await listen(() => {}, abstract);
      const started = performance.now();
      expect(await probe(address)).toBe('unresponsive');
      expect(performance.now() - started).toBeLessThan(1_000);
    }
  });

  it('does not wait for a bus that greets and stays silent, or drips', async () => {
    const greeter = await listen((socket) => socket.write('DATA\r\nOK 0123\r\n'));
    expect(await probe(greeter)).toBe('unresponsive');
    const dripper = await listen((socket) => {
      const timer = setInterval(() => socket.write('D'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await probe(dripper)).toBe('unresponsive');
  });

  it('takes nonsense, a refusal and a closed door for no bus, and goes on to the next address', async () => {
    const addresses = await Promise.all([
      listen((socket) => socket.end()),
      listen((socket) => socket.write('REJECTED EXTERNAL\r\n')),
      listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
      listen((socket) => socket.write(Buffer.concat([Buffer.from('OK 1\r\n'), Buffer.alloc(64, 7)]))),
    ]);
    for (const address of addresses) expect(await probe(address)).toBe('no-bus');
    const silent = await listen(() => {});
    expect(await probe([...addresses, 'unix:path=/nonexistent', silent].join(';'))).toBe('unresponsive');
  });
});
