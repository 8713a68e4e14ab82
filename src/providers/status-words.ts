/** What vendors call a refusal in a word, by the status that HTTP has for it. Compared without case and separators. */
const WORDS: readonly (readonly [number, RegExp])[] = [
  [401, /^(unauthori[sz]ed|unauthenticated|not_?authenticated|auth(entication)?_?(error|failed|required))$/],
  [401, /^(invalid|bad|expired|revoked)_?(access_?|auth_?)?(token|credentials?|session)$/],
  [403, /^(forbidden|((access|permissions?)_?)?denied|not_?(permitted|allowed|authori[sz]ed))$/],
  [403, /^(insufficient_?(scope|permissions?|privileges?)|permission_?error|no_?permissions?)$/],
  [404, /^((\w+_)?not_?found(_error)?|no_?such_?\w+|unknown_?(token|key|id)|does_?not_?exist)$/],
  [409, /^(conflict|already_?exists?|duplicate(_\w+)?|(name_?)?taken|invalid_?(action|state))$/],
  [429, /^(rate_?limit(ed|_?exceeded)?|too_?many_?requests|throttl(ed|ing)|quota_?exceeded)$/],
  [501, /^(not_?implemented|unsupported(_\w+)?)$/],
  [
    503,
    /^((service_?|temporarily_?)?unavailable|internal(_?server)?_?error|server_?error|timeout|overloaded)$/,
  ],
  [
    422,
    /^(validation_?(error|failed)s?|invalid(_\w+)?|bad_?request|error|fail(ed|ure)?|unprocessable(_\w+)?)$/,
  ],
];

/** The status that a vendor's word stands for (`permission_denied` is 403); null for words that are no known refusal. */
export function statusOfWord(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const whole = value
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[\s.-]+/g, '_')
    .toLowerCase();
  const bare = whole.replace(/^(err|error|e)_|_(exception|error)$/g, '');
  return WORDS.find(([, form]) => form.test(whole) || form.test(bare))?.[0] ?? null;
}

/** A text that says something, or a list or object that may hold one. */
export function isWords(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : typeof value === 'object' && value !== null;
}
