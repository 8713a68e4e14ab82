import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { named, questionAbout, quoteName } from '../../../src/output/question.ts';
import { readOutput } from '../../support/runner-model.ts';

describe('A16 a name in a question', () => {
  it.each([
    ['short', 'deploy', '"deploy"'],
    ['quotes of its own', 'x" (id 5), "y', '"x\\x22 (id 5), \\x22y"'],
    ['blank letters', `a${'\u2800'.repeat(3)}b`, '"a\\u2800\\u2800\\u2800b"'],
    ['another line', 'a\nrevoke "b"?', '"a\\x0arevoke \\x22b\\x22?"'],
  ])('%s', (_, name, shown) => {
    expect(quoteName(name)).toBe(shown);
  });

  it.each([
    ['letters', 'x'.repeat(20_000)],
    ['wide letters', '漢'.repeat(500)],
    ['emoji', '👍🏽'.repeat(200)],
    ['blank letters', '\u2800'.repeat(5_000)],
    ['usual spaces', `a${' '.repeat(5_000)}b`],
    ['no-break spaces', '\u00a0'.repeat(5_000)],
    ['Hangul fillers', '\u3164\u115f\uffa0'.repeat(2_000)],
    ['zero width', '\u200b'.repeat(5_000)],
    ['tags', '\u{e0041}'.repeat(5_000)],
    ['marks', `a${'\u0301'.repeat(5_000)}`],
    ['controls', '\u001b[2K\r'.repeat(2_000)],
    ['right to left', '\u202e'.repeat(5_000)],
  ])('is at most 60 columns wide: %s', (_, name) => {
    const shown = quoteName(`begin${name}end`);
    expect(stringWidth(shown)).toBeLessThanOrEqual(62);
    expect(shown).toMatch(/^"begin.*….*"$/u);
    expect(shown).not.toMatch(/\\[xu]?[0-9a-f]?…/);
  });

  it('shows both ends of a long one', () => {
    expect(quoteName(`prod-${'x'.repeat(80)}-reader`)).toBe(
      `"prod-${'x'.repeat(31)}…${'x'.repeat(16)}-reader"`,
    );
  });

  it('stands beside its whole id', () => {
    const id = `a${'0123456789'.repeat(12)}`;
    expect(named({ name: 'x'.repeat(300), id })).toMatch(new RegExp(`^"x+…x+" \\(id ${id}\\)$`));
    expect(named({ name: null, id: '17' })).toBe('"17" (id 17)');
  });
});

describe('A16 a question', () => {
  it('about one thing is a line', () => {
    expect(questionAbout('revoke', 'tokens', ['"a" (id 1)'], ' at Devo')).toBe('revoke "a" (id 1) at Devo?');
  });

  it('about several counts them first, lists each, and asks at the end', () => {
    expect(questionAbout('revoke', 'tokens', ['"a" (id 1)', '"b" (id 2)'], ' at Devo')).toBe(
      'revoke 2 tokens at Devo:\n  "a" (id 1)\n  "b" (id 2)\nrevoke these 2 tokens at Devo?',
    );
  });

  it('of 1,000 hostile names hides none of them', () => {
    const things = Array.from({ length: 1_000 }, (_, id) =>
      named({ name: `::stop-commands::${id}\n${'x'.repeat(9_000)}`, id: `t${id}` }),
    );
    const lines = questionAbout('delete', 'tokens', things, '').split('\n');
    expect(lines).toHaveLength(1_002);
    expect(lines.at(0)).toBe('delete 1000 tokens:');
    expect(lines.at(-1)).toBe('delete these 1000 tokens?');
    for (let id = 0; id < 1_000; id += 1) expect(lines[id + 1]?.endsWith(`(id t${id})`)).toBe(true);
    expect(readOutput(lines.join('\n'))).toEqual([]);
  });
});
