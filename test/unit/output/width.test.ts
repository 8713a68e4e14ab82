import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cutEnd, cutMiddle, widthOf } from '../../../src/output/width.ts';

const TEXTS = [
  '',
  'deploy',
  'a–b…',
  'Zürich',
  '日本',
  '👩‍👩‍👧',
  'e\u0301',
  '\u001b[31mred\u001b[0m',
  '\u200b',
  'ｱ',
  '\t',
];

test.each(TEXTS)('%j is as wide as the library says', (text) => {
  expect(widthOf(text)).toBe(stringWidth(text));
});

describe('a text is cut to so many columns', () => {
  test.each([
    ['deploy', 6, 'deploy'],
    ['deploys', 6, 'deplo…'],
    ['日本語の名前', 6, '日本…'],
    ['e\u0301e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301…'],
    // An escape that is shown is whole or not there.
    ['ab\\x1bcd', 6, 'ab…'],
    ['ab\\u{1f600}cd', 8, 'ab…'],
  ])('%j in %i at its end', (text, columns, cut) => {
    expect(cutEnd(text, columns)).toBe(cut);
    expect(widthOf(cutEnd(text, columns))).toBeLessThanOrEqual(columns);
  });

  test.each([
    ['0123456789', 10, 6, '0123456789'],
    ['0123456789abc', 10, 6, '012345…abc'],
    ['日本語日本語日本語', 10, 6, '日本語…語'],
  ])('%j in %i in its middle', (text, columns, beginning, cut) => {
    expect(cutMiddle(text, columns, beginning)).toBe(cut);
  });
});
