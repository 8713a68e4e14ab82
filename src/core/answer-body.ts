import { AppError } from '../domain/errors.ts';
import { parseJsonBytes } from '../domain/parse-json.ts';
import type { Reply } from '../ports/transport.ts';

/** A longer text is a page, and nothing that a vendor says. In bytes. */
const LONGEST_TEXT = 2_000;
/** A reason stands near the beginning. In bytes. */
const LONGEST_MARKUP = 20_000;

/**
 * The body of a success that is not needed: plain text (as a string) and nothing (null) are as good as JSON. A web
 * page or damaged JSON is not: it may come from something in between, and proves nothing about the provider.
 */
export function readOptional({ body }: Reply): unknown {
  try {
    return parseJsonBytes(body);
  } catch {
    const text = plainText(body);
    if (text !== null) return text;
    throw new AppError({
      code: 'unavailable',
      message:
        'the answer is neither JSON nor plain text, so it proves nothing: the request may have been carried out',
      hint: 'look whether it was, for instance with `keyturn tokens list`; see `keyturn doctor` for what may be in between',
    });
  }
}

/** The body of a refusal: JSON, a short plain text, markup (which may have a reason in it), or null for all else. */
export function readRefusal({ body }: Reply): unknown {
  try {
    return parseJsonBytes(body);
  } catch {
    return plainText(body) ?? markup(body);
  }
}

function markup(body: Uint8Array): string | null {
  const text = new TextDecoder('utf-8').decode(body.subarray(0, LONGEST_MARKUP)).trim();
  return text.startsWith('<') ? text : null;
}

/** Null for markup, for what should have been JSON, for anything long and for bytes that are no text. */
function plainText(body: Uint8Array): string | null {
  if (body.length > LONGEST_TEXT) return null;
  const text = new TextDecoder('utf-8').decode(body).trim();
  return /^[<{[]|[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
}
