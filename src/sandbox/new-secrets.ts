import { createHash, createHmac } from 'node:crypto';
import type { Json } from './vendor.ts';
import type { World } from './world.ts';

/** SHA-256 in hex: all that a vendor keeps of a secret it shows only once. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function randomHex(world: World, bytes: number): string {
  return Buffer.from(world.random(bytes)).toString('hex');
}

export function randomText(world: World, bytes: number): string {
  return Buffer.from(world.random(bytes)).toString('base64url');
}

export function randomUuid(world: World): string {
  const bytes = Buffer.from(world.random(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** HS256. The same claims and key always give the same token. */
export function signJwt(claims: Json, key: Uint8Array): string {
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

/** Passes a new secret on to whoever watches, and back to the caller. */
export function issue(world: World, secret: string): string {
  world.onSecret?.(secret);
  return secret;
}

function part(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
