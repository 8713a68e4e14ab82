import { SHORTEST_MASKED } from '../../domain/masking.ts';
import type { Secret } from '../../domain/secret.ts';

/** Every way in which programs commonly write a secret, as bytes; empty for a secret that is too short. */
export function secretForms(secret: Secret): Uint8Array[] {
  const text = secret.reveal();
  if (text.length < SHORTEST_MASKED) return [];
  const bytes = Buffer.from(text, 'utf8');
  const hex = bytes.toString('hex');
  const json = JSON.stringify(text).slice(1, -1);
  const forms = new Set([
    text,
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
    ...urlForms(text),
    json,
    json.replaceAll('/', '\\/'),
    asciiJson(json),
  ]);
  return [...forms].filter((form) => form.length >= SHORTEST_MASKED).map((form) => Buffer.from(form, 'utf8'));
}

/**
 * Base64 of the secret inside longer text (`user:SECRET`): its letters depend on where it falls in groups of three
 * bytes, and the first and last ones on the neighbours, so those are left off.
 */
function base64Forms(bytes: Uint8Array): string[] {
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = encoded.slice(start, end);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
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
