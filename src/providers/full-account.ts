import type { FullOf } from '../ports/provider.ts';

const THING = /\b(?:api[ _-]?)?(key|token|credential)s?\b/i;
const COUNT =
  /\b(limits?|quotas?|maximum|max|allotment|at most|(no )?more than \d+|up to \d+|only \d+|used up|exhausted|too many|number of .*exceed(s|ed)?)\b/i;
/** A limit of something else than the number of tokens: of their length, their rights, their life, or of requests. */
const OTHER =
  /\b(rates?|requests|retry|calls?|usage|events?|traffic|length|long|short|characters?|chars|bytes?|size|values?|names?|labels?|scopes?|permissions?|audiences?|expir\w*|lifetime|ttl|ages?|days?|hours?|minutes?|seconds?|pages?|offset|per (second|minute|hour|day))\b/i;

/**
 * Which limit the account has reached, as far as the provider's own words say so; else null. No provider here publishes such
 * a limit, so the provider's words are the only evidence. A 429 asks for a pause and does not count.
 */
export function fullOf(status: number, words: string): FullOf | null {
  if (status === 401 || status === 404 || status === 429 || status >= 500) return null;
  const text = words.replace(/[_-]+/g, ' ');
  const thing = THING.exec(text)?.[1]?.toLowerCase();
  if (thing === undefined || !COUNT.test(text) || OTHER.test(text)) return null;
  return thing === 'key' ? 'keys' : 'tokens';
}
