import { isUnsafe, replaceUnsafe } from '../domain/text.ts';

/** JSON that a terminal may show: what it would act on is written as `\\u…`, which reads back as the same text. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return replaceUnsafe(text, (character) => (character === '\n' ? character : escaped(character)));
}

/** YAML likewise: only double quotes know escapes, so text that needs them is written in those. */
export async function yamlText(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  // Copied by way of JSON: what is undefined is left out.
  const document = new Document(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && isUnsafe(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0 });
  return replaceUnsafe(text, (character) => (character === '\n' ? character : escaped(character)));
}

/** As UTF-16 code units, which JSON and YAML both read. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
