/** A source file as the rules look at it. */
export interface Scanned {
  /** Without comments; what stands in quotes and in regular expressions is blank. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly from: string;
  /** `type` is gone when the program runs; `lazy` is loaded when it is reached. */
  readonly kind: 'value' | 'type' | 'lazy' | 're-export';
}

/** A slash after one of these begins a regular expression, not a division. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+>]|\breturn|\bcase)\s*$/;

/** Good enough for formatted TypeScript without JSX: comments, quotes, templates and patterns are told apart. */
export function scanSource(text: string): Scanned {
  let code = '';
  let kept = '';
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const take = (end: number, blank: boolean): void => {
    const part = text.slice(at, end);
    kept += part;
    code += blank ? part.replace(/[^\n]/g, ' ') : part;
    at = end;
  };
  const skip = (end: number): void => {
    const lines = text.slice(at, end).replace(/[^\n]/g, ' ');
    kept += lines;
    code += lines;
    at = end;
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (two === '//') skip(endOf(text, at, '\n'));
    else if (two === '/*') skip(endOf(text, at + 2, '*/') + 2);
    else if (character === "'" || character === '"') take(closing(text, at + 1, character), true);
    else if (character === '/' && BEFORE_PATTERN.test(code.slice(-60))) take(patternEnd(text, at + 1), true);
    else if (character === '`' || (character === '}' && templates.at(-1) === depth)) {
      if (character === '}') templates.pop();
      const end = templateEnd(text, at + 1);
      const opens = text.slice(end - 2, end) === '${';
      if (opens) templates.push(depth);
      take(end, true);
    } else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      take(at + 1, false);
    }
  }
  return { code, imports: importsOf(kept, code) };
}

function importsOf(kept: string, code: string): readonly Import[] {
  const found: Import[] = [];
  for (const match of code.matchAll(
    /\b(import|export)\b(\s+type\b)?([^;'"()]*?\bfrom\b)?\s*(\(?)\s*(?= )/g,
  )) {
    const [whole, word, isType, , paren] = match;
    const rest = kept.slice(match.index + whole.trimEnd().length).trimStart();
    const from = /^(['"])([^'"]+)\1/.exec(rest)?.[2];
    if (from === undefined) continue;
    if (paren === '(') found.push({ from, kind: isTypeQuery(code, match.index) ? 'type' : 'lazy' });
    else if (word === 'export') found.push({ from, kind: 're-export' });
    else found.push({ from, kind: isType ? 'type' : 'value' });
  }
  return found;
}

/** `typeof import('x')` names a type. */
function isTypeQuery(code: string, index: number): boolean {
  return /\btypeof\s*$/.test(code.slice(0, index));
}

function endOf(text: string, from: number, what: string): number {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
}

function closing(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function templateEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    if (text[at] === '`') return at + 1;
    if (text.slice(at, at + 2) === '${') return at + 2;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function patternEnd(text: string, from: number): number {
  let inClass = false;
  let at = from;
  while (at < text.length && (inClass || text[at] !== '/') && text[at] !== '\n') {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}
