import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { definitionSchema } from '../../../../scripts/generate/definition-schema.ts';
import { providerIds } from '../../../../src/providers/registry.ts';
import { changed, FIXTURE, type Raw, refusal, shippedText } from './support.ts';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(definitionSchema()));

describe('the schema for editors', () => {
  it.each(providerIds)('accepts the shipped definition of %s', (id) => {
    expect(validate(parse(shippedText(id))), JSON.stringify(validate.errors)).toBe(true);
  });

  it('accepts what the reader accepts', () => {
    expect(validate(parse(FIXTURE)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each<readonly [string, (raw: Raw) => void]>([
    ['an unknown key', (d) => (d.tokens.list.script = 'x')],
    ['a missing member', (d) => delete d.rotation.settle],
    ['a word that is none', (d) => (d.rotation.way = 'sideways')],
    ['a text in place of a list', (d) => (d.credential.narrower = '--name ci')],
    ['an id in capitals', (d) => (d.id = 'Acme')],
    ['a number out of range', (d) => (d.rotation.settle = -1)],
    ['an origin without TLS', (d) => (d.origin = 'http://acme.example')],
  ])('refuses %s, as the reader does', async (_what, change) => {
    const text = changed(change);
    expect(validate(JSON.parse(text))).toBe(false);
    expect((await refusal(text)).code).toBe('usage');
  });
});
