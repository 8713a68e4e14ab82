import type { TestHome } from './temp.ts';

/** Long enough that nothing but the secret holds it, short enough that a part of one is found. */
const WINDOW = 12;

/** Finds secrets, in every form that a program might write them in, where they must not be. */
export interface Canary {
  /** What was found in the text, told without the secret; null for nothing. */
  find(text: string): string | null;
}

export function createCanary(secrets: readonly string[]): Canary {
  const windows = new Map<string, string>();
  for (const [index, secret] of secrets.entries()) {
    for (const [form, text] of formsOf(secret)) {
      for (const window of windowsOf(text)) windows.set(window, `${form} form of secret number ${index + 1}`);
    }
  }
  return {
    find(text) {
      for (let at = 0; at + WINDOW <= text.length; at += 1) {
        const form = windows.get(text.slice(at, at + WINDOW));
        if (form !== undefined) return `${form}, at ${at}`;
      }
      return null;
    },
  };
}

/** The forms: as it is, base64 at each of the three alignments, base64url, hex, percent-encoded, escaped in JSON. */
export function formsOf(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // The first characters depend on what stands before, the last ones on what stands behind.
    return text.slice(shift === 0 ? 0 : 4, Math.floor((bytes.length + shift) / 3) * 4);
  });
  const hex = bytes.toString('hex');
  return [
    ['raw', secret],
    ...shifted.map((text) => ['base64', text] as const),
    ...shifted.map((text) => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')] as const),
    // Two digits a character: a window of twelve would be six characters of it, which is little but never chance.
    ['hex', hex],
    ['hex', hex.toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded', bytes.reduce((text, byte) => `${text}%${byte.toString(16).padStart(2, '0')}`, '')],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON', [...secret].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
  ];
}

/** Looks through every file of a home; `allowed` are paths in it where a person wanted the secret to be. */
export function findInFiles(
  canary: Canary,
  home: TestHome,
  allowed: (path: string) => boolean,
): string | null {
  for (const [path, bytes] of home.files()) {
    const inName = canary.find(path);
    if (inName !== null) return `the name of a file (${inName})`;
    if (allowed(path)) continue;
    const found = canary.find(bytes.toString('latin1'));
    if (found !== null) return `${path} (${found})`;
  }
  return null;
}

function* windowsOf(text: string): Generator<string> {
  for (let at = 0; at + WINDOW <= text.length; at += 1) yield text.slice(at, at + WINDOW);
}
