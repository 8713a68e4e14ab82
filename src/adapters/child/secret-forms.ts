import { base64Forms } from '../../domain/base64-forms.ts';
import { SHORTEST_MASKED } from '../../domain/masking.ts';
import type { Secret } from '../../domain/secret.ts';

/** A way in which programs commonly write a secret. */
export interface SecretForm {
  readonly bytes: Uint8Array;
  /** Whether lines may be broken anywhere in it, as base64's are (RFC 2045: 76, PEM: 64). */
  readonly wraps: boolean;
}

/** Empty for a secret that is too short. */
export function secretForms(secret: Secret): readonly SecretForm[] {
  const text = secret.reveal();
  if (text.length < SHORTEST_MASKED) return [];
  const bytes = Buffer.from(text, 'utf8');
  const hex = bytes.toString('hex');
  const json = JSON.stringify(text).slice(1, -1);
  const plain = [
    text,
    hex,
    hex.toUpperCase(),
    ...urlForms(text),
    json,
    json.replaceAll('/', '\\/'),
    asciiJson(json),
  ];
  return [...toForms(plain, false), ...toForms(base64Forms(bytes), true)];
}

function toForms(texts: readonly string[], wraps: boolean): readonly SecretForm[] {
  const long = [...new Set(texts)].filter((text) => text.length >= SHORTEST_MASKED);
  return long.map((text) => ({ bytes: Buffer.from(text, 'utf8'), wraps }));
}

function urlForms(text: string): string[] {
  // A lone surrogate, which cannot be encoded, becomes the replacement character first.
  const usual = encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
  const strict = usual.replace(/[!'()*._~-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  return [usual, strict, form].flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())]);
}

function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
