/** With more of them a secret is looked for without all, and not without each. */
const MOST_EQUALS = 8;

/**
 * Quoted-printable, whose soft line breaks `plain-view.ts` leaves out. It takes each `=` at the end of a line for one: the secret is also
 * looked for without one of them and without all, as where it is wrapped, and with a line break that is written as an escape.
 */
export function mailForms(text: string): readonly string[] {
  const printable = text.replace(/[=\u0080-\u{10ffff}]/gu, (c) =>
    Array.from(
      new TextEncoder().encode(c),
      (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );
  const places = Array.from(text.matchAll(/=/g), ({ index }) => index).slice(0, MOST_EQUALS);
  const without = places.map((at) => text.slice(0, at) + text.slice(at + 1));
  return [printable, ...without, text.replaceAll('=', ''), text.replace(/\r?\n/g, '\\n')];
}
