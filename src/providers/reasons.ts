import { plain } from './ambiguous-secrets.ts';
import { type Fields, isFields, pick, showName } from './decode.ts';

/** Enough for one line of a terminal; a body may hold thousands. */
const MOST_REASONS = 5;
const DEEPEST = 7;

/** Fields that say why, in words. The first one that is there speaks; those further on add to it. */
const SAYING = [
  ...['message', 'msg', 'errorMessage', 'error_message', 'errmsg', 'userMessage', 'Message', 'ErrorMessage'],
  ...[
    'faultstring',
    'detail',
    'error_description',
    'errorDescription',
    'description',
    'reason',
    'explanation',
  ],
  ...['developerMessage', 'errorSummary', 'err_msg', 'defaultMessage', 'summary', 'text', 'value'],
];
/** Fields that hold more reasons, each by itself or by the field that it is about. */
const MORE = [
  ...['errors', 'error', 'Error', 'issues', 'violations', 'failures', 'causes', 'problems', 'messages'],
  ...[
    'fieldErrors',
    'field_errors',
    'validationErrors',
    'validation_errors',
    'invalid-params',
    'invalidParams',
  ],
  ...[
    'invalid_params',
    'userErrors',
    'non_field_errors',
    'details',
    'fault',
    'Fault',
    'exception',
    'validation',
  ],
  ...['errorCauses', 'fieldViolations', 'error_chain', 'innererror', 'odata.error', 'cause'],
];
/** Fields that may hold the whole error. */
const AROUND = ['data', 'result', 'response', 'body', 'payload', 'meta', 'status', '_embedded', 'extensions'];
/** Fields that name what a reason is about. */
const ABOUT = [
  'field',
  'path',
  'loc',
  'param',
  'parameter',
  'property',
  'propertyPath',
  'pointer',
  'attribute',
];
/** Fields that hold a word for a program, told where there is nothing for a person. */
const WORDS = ['code', 'errorCode', 'error_code', 'errcode', 'Code', 'type', '__type'];
/** What a status says anyway. */
const GENERIC =
  /^(bad request|unauthori[sz]ed|forbidden|not found|conflict|unprocessable (entity|content)|too many requests|internal server error|error|fail(ed|ure)?|false|true)$/i;

/**
 * The vendor's own reasons for a refusal, whatever shape it gives them: a few texts, not yet safe to show. A value is
 * taken from fields that are known to speak to a person only: any other may be what was sent, or a secret.
 */
export function findReasons(body: unknown): readonly string[] {
  if (typeof body === 'string' && /^\s*</.test(body)) return titleOf(body);
  const isBare =
    typeof body === 'string' || (Array.isArray(body) && body.every((item) => typeof item === 'string'));
  // A bare word may be anything.
  const said = reasonsIn(body, 0).filter(
    (reason) => !isBare || isSentence(reason) || /^[A-Za-z_-]{1,40}$/.test(reason),
  );
  const all = said.concat(isFields(body) ? byField(body, 0, 'lists') : []);
  const found = [...new Set(all.map((reason) => reason.trim()).filter((reason) => reason !== ''))];
  const telling = found.filter((reason) => !GENERIC.test(reason));
  if (telling.length > 0) return telling.slice(0, MOST_REASONS);
  return (found.length > 0 ? found : wordsIn(body, 0)).slice(0, 1);
}

/** What an XML message or the heading of an HTML page says; anything else of a page is not for a terminal. */
function titleOf(markup: string): readonly string[] {
  for (const name of ['message', 'detail', 'h1', 'title']) {
    const said = new RegExp(`<${name}(?:\\s[^<>]*)?>([^<>]{1,10000})<`, 'i').exec(markup)?.[1]?.trim();
    // `404 Not Found` says what the status says.
    const bare = said?.replace(/^(error )?\d{3}[ :-]*/i, '') ?? '';
    if (said && isSentence(said) && !GENERIC.test(bare)) return [said];
  }
  return [];
}

function reasonsIn(value: unknown, depth: number): readonly string[] {
  if (depth > DEEPEST) return [];
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) {
    return value.slice(0, MOST_REASONS).flatMap((item: unknown) => about(item, reasonsIn(item, depth + 1)));
  }
  if (!isFields(value)) return [];
  const said = saidIn(value, depth);
  const title = said.some(isSentence) ? [] : reasonsOf(pick(value, ['title', 'Title']), depth);
  const more = MORE.flatMap((name) => {
    const inner = pick(value, [name]);
    // A word such as `invalid_grant` is for programs, and stands beside what is for people.
    if (typeof inner === 'string' && said.length > 0 && !isSentence(inner)) return [];
    return inner === undefined ? [] : reasonsUnder(name, inner, depth);
  });
  const all = [...title, ...said, ...more];
  if (all.length > 0) return all;
  // JSend's `fail` tells in `data` what is wrong with each field.
  const which = pick(value, ['status']) === 'fail' ? 'sentences' : 'lists';
  return AROUND.flatMap((name) => {
    const inner = pick(value, [name]);
    if (typeof inner !== 'object') return [];
    const inside = reasonsIn(inner, depth + 1);
    return inside.length === 0 && isFields(inner) ? byField(inner, depth + 1, which) : inside;
  });
}

/** What the first speaking field says, and every other one that is a sentence. */
function saidIn(fields: Fields, depth: number): readonly string[] {
  const said: string[] = [];
  for (const name of SAYING) {
    const found = reasonsOf(pick(fields, [name]), depth);
    if (said.length === 0) said.push(...found);
    else if (name === 'detail' || name === 'error_description') said.push(...found.filter(isSentence));
  }
  return said;
}

/** A text, a list of texts, or texts by the field that they are about. */
function reasonsOf(value: unknown, depth: number): readonly string[] {
  if (!isFields(value)) return reasonsIn(value, depth + 1);
  const inside = reasonsIn(value, depth + 1);
  return inside.length > 0 ? inside : byField(value, depth + 1, 'all');
}

function reasonsUnder(name: string, inner: unknown, depth: number): readonly string[] {
  if (!isFields(inner)) return reasonsIn(inner, depth + 1);
  const inside = reasonsIn(inner, depth + 1);
  if (inside.length > 0) return inside;
  // `details` may as well be what was sent; a list of errors is nothing else.
  return byField(
    inner,
    depth + 1,
    /^(details|error|Error|exception|validation)$/.test(name) ? 'sentences' : 'all',
  );
}

/**
 * `label: has been taken`, from fields that are named after what is wrong. `lists`: only from lists of texts;
 * `sentences`: from single texts too if they are of several words; `all`: from any, and the field's name where it holds
 * nothing that can be told.
 */
function byField(fields: Fields, depth: number, which: 'lists' | 'sentences' | 'all'): readonly string[] {
  if (depth > DEEPEST) return [];
  const entries = Object.entries(fields).filter(([name]) => !SPOKEN.has(plain(name)));
  return entries.slice(0, MOST_REASONS * 4).flatMap(([name, value]) => {
    const shown =
      /^[A-Za-z_][\w.[\]-]{0,63}$/.test(name) && name.replace(/\D/g, '').length <= 3 ? name : showName(name);
    if (typeof value === 'string') {
      return which === 'all' || (which === 'sentences' && isSentence(value)) ? [`${shown}: ${value}`] : [];
    }
    if (Array.isArray(value) && (which !== 'lists' || value.every(isSentence))) {
      const inner = value.slice(0, MOST_REASONS).flatMap((item: unknown) => reasonsIn(item, depth + 1));
      return inner.map((reason) => `${shown}: ${reason}`);
    }
    if (!isFields(value) || which === 'lists') return [];
    const said = reasonsIn(value, depth + 1);
    const found = said.length > 0 ? said : byField(value, depth + 1, 'lists');
    const inner = found.length > 0 ? found : wordsIn(value, depth + 1).slice(0, 1);
    const told = inner.length > 0 ? inner.map((reason) => `${shown}: ${reason}`) : [];
    return told.length > 0 || which !== 'all' ? told : [shown];
  });
}

const SPOKEN: ReadonlySet<string> = new Set([...SAYING, ...MORE, ...AROUND, ...WORDS, 'title'].map(plain));

/** `label: has been taken`, where one reason of a list names what it is about. */
function about(item: unknown, reasons: readonly string[]): readonly string[] {
  if (!isFields(item)) return reasons;
  const source = pick(item, ['source']);
  const named =
    pick(item, ABOUT) ?? (isFields(source) ? pick(source, ABOUT) : source) ?? pick(item, ['name']);
  const parts: readonly unknown[] = Array.isArray(named) ? named : [named];
  const name = parts.filter((part) => typeof part === 'string' || typeof part === 'number').join('.');
  if (!/^[\w./[\]-]{1,64}$/.test(name)) return reasons;
  // Without words for a person, the code says what is wrong with the field.
  const told = reasons.length > 0 ? reasons : wordsIn(item, 0);
  return told.map((reason) => (reason.includes(name) ? reason : `${name}: ${reason}`));
}

/** Where nothing is said for a person: the code, of the error that is deepest inside. */
function wordsIn(value: unknown, depth: number): readonly string[] {
  if (depth > DEEPEST) return [];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isFields(first)) return [];
  const inner = wordsIn(pick(first, MORE), depth + 1);
  if (inner.length > 0) return inner;
  const word = pick(first, WORDS);
  return typeof word === 'string' && /^[\w. -]{1,64}$/.test(word) ? [word] : [];
}

/** Several words: for a person, and no credential. */
function isSentence(value: unknown): boolean {
  return typeof value === 'string' && /\S\s+\S/.test(value);
}
