// The JSON Schema of a provider's definition, for editors. Made from the table that the reader uses.
import { PROVIDER } from '../../src/providers/definition/provider-table.ts';
import { REQUEST } from '../../src/providers/definition/request-table.ts';
import type { FieldsShape, Shape } from '../../src/providers/definition/shape.ts';
import {
  keyPatternOf,
  LONGEST_TEXT,
  MOST_ENTRIES,
  patternOf,
} from '../../src/providers/definition/text-grammar.ts';

interface Schema {
  readonly [keyword: string]: unknown;
}

export function definitionSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'keyturn provider/1',
    ...schemaOf(PROVIDER),
    $defs: { request: fieldsSchema(REQUEST) },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function schemaOf(shape: Shape): Schema {
  const description = shape.about;
  switch (shape.kind) {
    case 'text': {
      const pattern = patternOf(shape.grammar);
      return {
        description,
        type: 'string',
        maxLength: LONGEST_TEXT,
        ...(pattern !== undefined && { pattern }),
      };
    }
    case 'flag':
      return { description, type: 'boolean' };
    case 'json':
      return { description };
    case 'number':
      return { description, type: 'number', minimum: shape.least, maximum: shape.most };
    case 'words':
      return { description, enum: shape.words };
    case 'list':
      return { description, type: 'array', maxItems: MOST_ENTRIES, items: schemaOf(shape.of) };
    case 'map':
      return {
        description,
        type: 'object',
        propertyNames: { pattern: keyPatternOf(shape.keys) },
        additionalProperties: schemaOf(shape.of),
      };
    case 'either':
      return { description, anyOf: shape.of.map(schemaOf) };
    case 'fields':
      // It stands in a dozen places.
      return shape === REQUEST ? { $ref: '#/$defs/request' } : fieldsSchema(shape);
  }
}

function fieldsSchema({ about, required, optional }: FieldsShape): Schema {
  const properties = Object.entries({ ...required, ...optional }).map(
    ([name, shape]) => [name, schemaOf(shape)] as const,
  );
  const needed = Object.keys(required);
  return {
    description: about,
    type: 'object',
    additionalProperties: false,
    ...(needed.length > 0 && { required: needed }),
    properties: Object.fromEntries(properties),
  };
}
