import { base64Forms, base64Twice, wholeBase64 } from './base64-forms.ts';
import { base85Forms } from './base85-forms.ts';
import { mailForms } from './mail-forms.ts';

/** In another case a shorter secret is a word that occurs by chance. In characters. */
const SHORTEST_OTHER_CASE = 16;

/**
 * The forms in which programs and vendors write a secret, for the masks of `run` and of `exec:` and for what a vendor says: one list. Line
 * breaks, colours, separators and escapes (JSON, URLs, shells, XML) need no form of their own: `plain-view.ts` undoes them before
 * the forms are compared.
 */
export function secretForms(secret: string): readonly string[] {
  const bytes = toBytes(secret);
  const wide = toUtf16(secret);
  const base64 = [...wholeBase64(bytes), ...base64Forms(bytes)];
  const hex = hexForms(bytes);
  const escaped = [...jsonForms(secret), ...urlForms(secret)];
  return [
    ...new Set([
      secret,
      ...urlForms(secret),
      latinForm(secret),
      ...base64,
      ...base64Twice(bytes),
      ...hex,
      ...hexForms(wide),
      ...base32Forms(bytes).flatMap(bothCases),
      ...numberForms(bytes),
      ...base85Forms(bytes),
      ...mailForms(secret),
      ...struckForms(secret),
      ...(secret.length >= SHORTEST_OTHER_CASE ? bothCases(secret) : []),
      // `xxd -p | base64` and `base64 | xxd -p`.
      ...hex.flatMap((text) => base64Forms(toBytes(text))),
      ...base64.flatMap((text) => hexForms(toBytes(text))),
      // Within a JSON document or a URL that is encoded as a whole; and as PowerShell's -EncodedCommand has it.
      ...escaped.flatMap((text) => base64Forms(toBytes(text))),
      ...base64Forms(wide),
    ]),
  ];
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toUtf16(text: string): Uint8Array {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return Uint8Array.from(units.flatMap((unit) => [unit & 255, unit >> 8]));
}

function bothCases(text: string): readonly string[] {
  return [text.toLowerCase(), text.toUpperCase()];
}

export function hexForms(bytes: Uint8Array): readonly string[] {
  return bothCases(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** Lists of bytes, in decimal as they are (JSON, Python) and in octal with three digits (`od -b`). */
function numberForms(bytes: Uint8Array): readonly string[] {
  return [bytes.join(), Array.from(bytes, (byte) => byte.toString(8).padStart(3, '0')).join(' ')];
}

/** Python's `ascii`: `\xe4` is a character there, and one byte in the plain view. */
function latinForm(text: string): string {
  return text.replace(/[\u0080-\u00ff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

function urlForms(text: string): readonly string[] {
  // A lone surrogate, which cannot be encoded, becomes the replacement character first.
  const usual = encodeURIComponent(new TextDecoder().decode(toBytes(text)));
  const strict = usual.replace(/[!'()*._~-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  return [usual, strict, form].flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())]);
}

/** Bold, underlined, and both, as `nroff` and `man` print it: each letter over itself, or over a line. */
function struckForms(text: string): readonly string[] {
  return ['$&\b$&', '$&\b$&\b$&', '_\b$&', '_\b$&\b$&'].map((struck) =>
    text.replace(/[!-\u{10ffff}]/gu, struck),
  );
}

function jsonForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/g, (c) => unicodeEscape(c));
  const markup = json.replace(/[<>&'+=]/g, (c) => unicodeEscape(c));
  return [json, json.replaceAll('/', '\\/'), ascii, markup];
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Alone, and within a longer text: five bytes are eight letters, so that it may begin in five places. */
function base32Forms(bytes: Uint8Array): readonly string[] {
  const within = [0, 1, 2, 3, 4].map((before) => {
    const text = toBase32(Uint8Array.from([...new Uint8Array(before), ...bytes]));
    // The letters that hold bits of what stands before or behind it are left out.
    const whole = Math.floor(((before + bytes.length) * 8) / 5);
    return text.slice(Math.ceil((before * 8) / 5), whole);
  });
  return [toBase32(bytes), ...within];
}

/** RFC 4648, without padding. */
function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
}
