/**
 * What base64 shows of these bytes, in the standard and the URL-safe alphabet. Inside longer text (`user:SECRET`) the letters
 * depend on where the bytes fall in groups of three, and the first and last ones on the neighbours: those are left off.
 */
export function base64Forms(bytes: Uint8Array): readonly string[] {
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const encoded = encode(before, bytes);
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    forms.push(...bothAlphabets(encoded.slice(start, end)));
  }
  return forms;
}

/** Base64 of these bytes alone, with and without its padding; the longest first. */
export function wholeBase64(bytes: Uint8Array): readonly string[] {
  const whole = encode(0, bytes);
  return [...bothAlphabets(whole), ...bothAlphabets(whole.replace(/=+$/, ''))];
}

/** Base64 of base64, wherever the bytes stand in what was encoded first. */
export function base64Twice(bytes: Uint8Array): readonly string[] {
  const once = new Set([...wholeBase64(bytes), ...base64Forms(bytes)]);
  return [...once].flatMap((text) => base64Forms(new TextEncoder().encode(text)));
}

function encode(before: number, bytes: Uint8Array): string {
  const padded = new Uint8Array(before + bytes.length);
  padded.set(bytes, before);
  return btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join(''));
}

function bothAlphabets(text: string): readonly string[] {
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}
