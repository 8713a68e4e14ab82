import type * as Yaml from 'yaml';

export type YamlModule = typeof Yaml;

const MOST_NESTING = 50;
const MOST_INDENT = 200;

/**
 * Where a text has something that keyturn's files never have and that makes parsers slow or surprising: anchors, aliases,
 * tags, directives, deep nesting, unbalanced brackets, more tokens (names, values, punctuation) than `mostTokens`.
 * Looks at tokens only, so that a hostile text is refused before it is built up.
 * Null when there is nothing of it.
 */
export function findForbidden(
  yaml: YamlModule,
  text: string,
  mostTokens: number,
): { offset: number; what: string } | null {
  // The lexer recurses on runs of indicators: they are looked for first.
  const run = /(?:[-?:][ \t]+){50}/.exec(text) ?? new RegExp(`^[ \\t]{${MOST_INDENT}}`, 'm').exec(text);
  if (run) return { offset: run.index, what: 'is nested too deeply' };
  let offset = 0;
  let depth = 0;
  let literal = false;
  let count = 0;
  for (const token of new yaml.Lexer().lex(text)) {
    count += 1;
    if (count > mostTokens) return { offset, what: 'holds more than keyturn reads' };
    const what = literal ? null : forbiddenToken(yaml, token);
    if (what !== null) return { offset, what };
    const type: string | null = literal ? null : yaml.CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth -= 1;
    if (depth < 0) return { offset, what: 'closes a bracket that is not open' };
    if (depth > MOST_NESTING) return { offset, what: 'is nested too deeply' };
    literal = type === 'scalar';
    // The lexer's own marks are no part of the text.
    if (type !== 'scalar' && type !== 'doc-mode' && type !== 'flow-error-end') offset += token.length;
  }
  return null;
}

function forbiddenToken(yaml: YamlModule, token: string): string | null {
  switch (yaml.CST.tokenType(token)) {
    case 'alias':
      return 'holds an alias';
    case 'anchor':
      return 'holds an anchor';
    case 'tag':
      return 'holds a tag';
    case 'directive-line':
      return 'holds a directive';
    default:
      return null;
  }
}
