import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReference, resolveReference } from '../../../src/domain/reference.ts';

describe('parseReference', () => {
  it.each([
    ['ci', { by: 'either', value: 'ci' }],
    ['id:ci', { by: 'id', value: 'ci' }],
    ['name:ci', { by: 'name', value: 'ci' }],
    ['id:id:x', { by: 'id', value: 'id:x' }],
    ['ID:x', { by: 'either', value: 'ID:x' }],
    ['name:a\nb', { by: 'name', value: 'a\nb' }],
    ['-', { by: 'either', value: '-' }],
    ['*', { by: 'either', value: '*' }],
  ])('reads %j', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each(['', 'id:', 'name:', 'x'.repeat(513)])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('resolveReference', () => {
  const things = [
    { id: '1', name: 'ci' },
    { id: '2', name: 'deploy' },
    { id: '3', name: 'deploy' },
    { id: 'ci', name: 'other' },
    { id: '10', name: null },
  ];
  const find = (text: string) => resolveReference(parseReference(text), things, 'token');

  it('finds by id, by name, and by the reading that is forced', () => {
    expect(find('1').id).toBe('1');
    expect(find('other').id).toBe('ci');
    expect(find('id:ci').id).toBe('ci');
    expect(find('name:ci').id).toBe('1');
    expect(find('10').id).toBe('10');
  });

  it('refuses a name that fits several, with the candidates', () => {
    expect(() => find('deploy')).toThrow(
      expect.objectContaining({ code: 'conflict', message: '"deploy" fits 2 tokens: id:2, id:3' }),
    );
  });

  it('refuses a text that is one thing’s id and another’s name', () => {
    expect(() => find('ci')).toThrow(expect.objectContaining({ code: 'conflict' }));
  });

  it.each(['', '0', '1 ', 'c', 'CI', 'dep', 'null', '*', '.', 'id:1*', 'name:1', 'id:deploy'])(
    'matches whole and exactly: %j names nothing',
    (text) => {
      const reference = text === '' ? ({ by: 'either', value: '' } as const) : parseReference(text);
      expect(() => resolveReference(reference, things, 'token')).toThrow(
        expect.objectContaining({ code: 'not-found' }),
      );
    },
  );

  it('lists five candidates at most, and says nothing that a terminal acts on', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ id: `\u001b[2J${index}`, name: 'x\u0007' }));
    expect(() => resolveReference({ by: 'either', value: 'x\u0007' }, many, 'token')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^"x\\x07" fits 9 tokens: (id:\\x1b\[2J\d(, )?){5} and 4 more$/),
      }),
    );
  });

  it('never answers a thing that has neither that id nor that name', () => {
    const word = fc.constantFrom('a', 'b', 'ab', 'id:a', 'name:b');
    const list = fc.array(fc.record({ id: word, name: fc.option(word) }), { maxLength: 6 });
    fc.assert(
      fc.property(word, list, (text, all) => {
        const reference = parseReference(text);
        let found: { id: string; name: string | null } | null = null;
        try {
          found = resolveReference(reference, all, 'token');
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(not-found|conflict)$/) });
          return;
        }
        if (reference.by === 'id') expect(found.id).toBe(reference.value);
        else if (reference.by === 'name') expect(found.name).toBe(reference.value);
        else expect([found.id, found.name]).toContain(reference.value);
      }),
    );
  });
});
