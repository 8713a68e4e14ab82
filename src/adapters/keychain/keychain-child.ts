/**
 * A program of its own: one call of the native binding, in a process that can be killed. The request is JSON on stdin,
 * the answer JSON on stdout. Raw errors stay in here: their texts may hold anything.
 */
import { readFileSync, writeSync } from 'node:fs';

interface Request {
  readonly operation: 'get' | 'set' | 'delete';
  readonly service: string;
  readonly account: string;
  readonly password: string | null;
}

// Loaded while the parent still looks at the keychain's state; the request comes when that is known.
const binding = await import('@napi-rs/keyring').catch(() => null);
const input = readFileSync(0, 'utf8');
if (input !== '') answer(binding ? run(binding, decode(input)) : { ok: false, reason: 'not-installed' });

function run({ Entry }: NonNullable<typeof binding>, request: Request): unknown {
  try {
    // Unpinned, the binding moves secrets to the kernel's keyring at any trouble with D-Bus; they are gone in three days.
    const entry = new Entry(request.service, request.account, { linux: { store: 'secret-service' } });
    if (request.operation === 'delete') return { ok: true, deleted: entry.deletePassword() };
    if (request.operation === 'set' && request.password !== null) entry.setPassword(request.password);
    return { ok: true, password: entry.getPassword() };
  } catch {
    return { ok: false, reason: 'failed' };
  }
}

function decode(text: string): Request {
  // Our own parent wrote it.
  return JSON.parse(text) as Request;
}

function answer(value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
