import { AppError, usage } from './errors.ts';
import { Secret } from './secret.ts';

/** Longer than any vendor's token; a file of this size is not one. In characters. */
export const MAX_SECRET_LENGTH = 64 * 1024;

/**
 * Reads a secret as a person or a script hands it over: one trailing newline is trimmed, everything that
 * shows a mistake is refused with a message that never repeats the input.
 */
export function readSecretInput(raw: string, what = 'the token'): Secret {
  const value = raw.replace(/\r?\n$/, '');
  const problem = findProblem(value);
  if (problem) throw usage(`${what} ${problem}`, 'hand over the bare value and nothing else');
  return Secret.of(value);
}

/** As {@link readSecretInput}, for bytes: input that is not UTF-8 is refused. */
export function readSecretBytes(bytes: Uint8Array, what = 'the token'): Secret {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usage(`${what} is not text`, 'hand over the bare value and nothing else');
  }
  return readSecretInput(text, what);
}

function findProblem(value: string): string | null {
  if (value === '') return 'is empty';
  if (value.trim() === '') return 'is blank';
  if (value.length > MAX_SECRET_LENGTH) return `is longer than ${MAX_SECRET_LENGTH} characters`;
  if (value.startsWith('\uFEFF')) return 'starts with a byte-order mark';
  if (/^-----BEGIN /.test(value)) return 'looks like a PEM file';
  if (/[\r\n]/.test(value)) return `has a line break inside (${value.length} characters)`;
  if (/^Bearer\s/i.test(value)) return 'starts with the word "Bearer"';
  if (/\s/.test(value)) return `has white space inside (${value.length} characters)`;
  if (/^(["'`]).*\1$/.test(value)) return 'is wrapped in quotation marks';
  if (/^\$[{(A-Za-z_]/.test(value)) return 'is an unexpanded shell variable';
  if (/[^\x21-\x7e]/.test(value)) return 'has characters that cannot be part of a token';
  if (/^(null|undefined|none)$/i.test(value)) return 'is a placeholder, not a token';
  return null;
}

/** Devo shows other people's tokens as `tk.<hash>.<last five>`. */
const DEVO_MASK = /^tk\./;
/** Letters that stand for others: stars, dots, crosses. A random secret has no such run, or once in a billion. */
const BLANKED = /\*{3,}|\.{3,}|x{6,}|X{6,}|#{4,}|^\*+$/;
const PLACEHOLDER =
  '(?:redacted|hidden|masked|removed|omitted|filtered|protected|encrypted|obscured|secret|null|none|undefined|not[ _-]?(?:shown|available|set)|placeholder|your[ _-][a-z _-]+)';
/** A word in place of the value, in brackets or not, or after the prefix of the vendor's tokens. */
const WORD = new RegExp(
  `^(?:[a-z]{2,8}[_-])?${PLACEHOLDER}$|[<[({]${PLACEHOLDER}[^\\])>}]{0,40}[\\])>}]|^\\$\\{`,
  'i',
);

/** Whether a vendor shows this in place of a secret. */
export function isMask(value: string): boolean {
  return DEVO_MASK.test(value) || BLANKED.test(value) || WORD.test(value);
}

/** A mask is never a secret. */
export function refuseMask(secret: Secret): Secret {
  if (isMask(secret.reveal())) {
    throw new AppError({
      code: 'auth',
      message: 'the value is a mask, not a secret',
      hint: 'only the owner of the token and the user it was made for can see its value',
    });
  }
  return secret;
}
