import type * as Yaml from 'yaml';

export type YamlModule = typeof Yaml;

const MOST_NESTING = 50;
const DEEP_RUN = /(?:[-?:][ \t]+){50}/;
const DEEP_INDENT = /^[ \t]{200}/m;

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
  const deep = findDeep(text);
  if (deep !== null) return { offset: deep, what: 'is nested too deeply' };
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

/** Where a text has a run of indicators, on which the lexer recurses, or an indent deeper than keyturn reads. */
export function findDeep(text: string): number | null {
  return (DEEP_RUN.exec(text) ?? DEEP_INDENT.exec(text))?.index ?? null;
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
