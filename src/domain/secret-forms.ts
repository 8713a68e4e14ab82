import { base64Forms, base64Twice, wholeBase64 } from './base64-forms.ts';
import { SHORTEST_MASKED } from './masking.ts';

/** A way in which programs and vendors commonly write a secret. */
export interface SecretForm {
  readonly text: string;
  /** Whether lines may be broken anywhere in it, as base64's are (RFC 2045: 76, PEM: 64). */
  readonly wraps: boolean;
}

/** The one list of them, for the output of other programs and for what a vendor answers. Empty for a secret that is too short. */
export function secretForms(secret: string): readonly SecretForm[] {
  if (secret.length < SHORTEST_MASKED) return [];
  const bytes = toBytes(secret);
  const plain = [
    secret,
    ...jsonForms(secret),
    ...urlForms(secret),
    ...urlForms(secret).flatMap(urlForms),
    ...wholeBase64(bytes).flatMap(urlForms),
    ...htmlForms(secret),
    ...hexForms(bytes),
    ...bothCases(toBase32(bytes)),
  ];
  return [...toForms(plain, false), ...toForms([...base64Forms(bytes), ...base64Twice(bytes)], true)];
}

function toForms(texts: readonly string[], wraps: boolean): readonly SecretForm[] {
  const long = [...new Set(texts)].filter((text) => text.length >= SHORTEST_MASKED);
  return long.map((text) => ({ text, wraps }));
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function bothCases(text: string): readonly string[] {
  return [text.toLowerCase(), text.toUpperCase()];
}

/** Bare, and with what is commonly written between or before the bytes. */
function hexForms(bytes: Uint8Array): readonly string[] {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const upper = pairs.map((pair) => pair.toUpperCase());
  const between = ['', ' ', ':', '-', ',', ', ', '%', '\\x', ' 0x', ',0x', ', 0x'];
  return between.flatMap((separator) => [pairs.join(separator), upper.join(separator)]);
}

function urlForms(text: string): readonly string[] {
  // A lone surrogate, which cannot be encoded, becomes the replacement character first.
  const usual = encodeURIComponent(new TextDecoder().decode(toBytes(text)));
  const strict = usual.replace(/[!'()*._~-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  return [usual, strict, form].flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())]);
}

function jsonForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/g, (c) => unicodeEscape(c));
  const every = text.replace(/[\s\S]/g, (c) => unicodeEscape(c));
  const markup = json.replace(/[<>&'+=]/g, (c) => unicodeEscape(c));
  return [json, json.replaceAll('/', '\\/'), ascii, every, markup, JSON.stringify(json).slice(1, -1)];
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function htmlForms(text: string): readonly string[] {
  const named = text.replace(/[&<>"']/g, (c) => `&${HTML_NAMES[c] ?? '#39'};`);
  const decimal = text.replace(/[^A-Za-z0-9]/gu, (c) => `&#${c.codePointAt(0)};`);
  const hex = text.replace(/[^A-Za-z0-9]/gu, (c) => `&#x${(c.codePointAt(0) ?? 0).toString(16)};`);
  return [named, decimal, hex];
}

const HTML_NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };

/** RFC 4648, without padding. */
export function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
}
