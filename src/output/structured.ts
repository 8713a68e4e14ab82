import { breakCommands, breakQuotedCommands } from '../domain/runner-commands.ts';
import { replaceUnsafe } from '../domain/text.ts';

/**
 * JSON that a terminal may show and the log of a CI runner may take: what they would act on is written as `\\u…`, which reads
 * back as the same text.
 */
export function jsonText(value: unknown, indent?: number): string {
  return escapeQuoted(JSON.stringify(value, null, indent));
}

/**
 * YAML likewise, and read alike by YAML 1.1 (PyYAML, Ruby, Go's v2) and 1.2: text goes without quotation marks only where
 * neither could take it for something else. Only double quotes know escapes.
 */
export async function yamlText(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  // Copied by way of JSON: what is undefined is left out.
  const document = new Document(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // Nothing is folded: a text's own line breaks would put the rest of it at the beginning of a line.
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  return escapeQuoted(text, yamlEscaped);
}

function needsQuotes(text: string): boolean {
  // A key may begin a line.
  return !isPlainYaml(text) || breakCommands(text, escaped) !== text;
}

function escapeQuoted(text: string, write = escaped): string {
  const broken = breakQuotedCommands(text, write);
  return replaceUnsafe(broken, (character) => (character === '\n' ? character : write(character)));
}

// A letter first: numbers, dates, `~`, `=`, `<<` and every indicator begin with something else.
const YAML_TEXT = /^[A-Za-z](?:[\w ./@+-]|:(?=\S))*$/;
const YAML_WORD = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
// Some ids in hexadecimal are numbers (`1e5`; to the npm package `yaml` under 1.1 also `e1`): all are written alike.
const HEXADECIMAL = /^[\da-f-]*\d[\da-f-]*$/i;

function isPlainYaml(text: string): boolean {
  return YAML_TEXT.test(text) && !text.endsWith(' ') && !YAML_WORD.test(text) && !HEXADECIMAL.test(text);
}

/** As UTF-16 code units, which JSON reads. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** As one code point: YAML 1.1 readers take the halves of a pair for two characters. */
function yamlEscaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : escaped(character);
}
