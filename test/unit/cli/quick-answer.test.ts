import { expect, test } from 'vitest';
import { parse } from '../../../src/cli/arguments/parse.ts';
import { quickAnswer } from '../../../src/cli/quick-answer.ts';
import { VERSION } from '../../../src/cli/version.ts';

test.each([[], ['--help'], ['-h']])(
  'the top help reads as the parser makes it, at every width',
  async (...argv) => {
    let found = 0;
    for (let width = 20; width <= 160; width += 1) {
      const text = quickAnswer(argv, () => width);
      if (text === null) continue;
      found += 1;
      expect(await parse(['--help'], Math.min(width, 100))).toMatchObject({ kind: 'help', text });
    }
    // At 80, where there is no terminal, and in every wide one.
    expect(quickAnswer(argv, () => 80)).not.toBeNull();
    expect(found).toBeGreaterThan(60);
  },
);

test('the version needs no width', () => {
  const never = () => expect.fail('the width was asked for');
  for (const word of ['--version', '-V']) expect(quickAnswer([word], never)).toBe(`${VERSION}\n`);
});

test.each([['tokens'], ['--json'], ['--help', '--json'], ['tokens', '--help'], ['-hV']])(
  'anything else is left to the parser: %s',
  (...argv) => {
    expect(quickAnswer(argv, () => 80)).toBeNull();
  },
);
