import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, replaceUnsafe, safeText, withoutFormula } from '../../../src/domain/text.ts';
import { readOutput } from '../../support/runner-model.ts';

/** C0, DEL, C1, bidirectional controls, zero-width and tag characters, line separators, lone surrogates. */
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u{e0000}-\u{e007f}]/u;

describe('safeText shows what a terminal would act on', () => {
  it.each([
    ['clear screen', '\u001b[2J\u001b[H', '\\x1b[2J\\x1b[H'],
    ['window title', '\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['clipboard, OSC 52', '\u001b]52;c;cGF5bG9hZA==\u0007', '\\x1b]52;c;cGF5bG9hZA==\\x07'],
    ['a link, OSC 8', '\u001b]8;;https://evil\u001b\\x', '\\x1b]8;;https://evil\\x1b\\x'],
    ['C1', '\u009b31m', '\\x9b31m'],
    ['DCS', '\u001bPq\u001b\\', '\\x1bPq\\x1b\\'],
    ['DCS in C1', '\u0090q\u009c', '\\x90q\\x9c'],
    ['APC, PM, SOS', '\u001b_\u001b^\u001bX', '\\x1b_\\x1b^\\x1bX'],
    ['a question to the terminal', '\u001b[6n', '\\x1b[6n'],
    ['backspaces', 'safe\b\b\b\bevil', 'safe\\x08\\x08\\x08\\x08evil'],
    ['carriage return', 'safe\revil', 'safe\\x0devil'],
    ['a line of its own', 'x\nERROR: evil', 'x\\x0aERROR: evil'],
    ['a tabulator', 'a\tb', 'a\\x09b'],
    ['NUL and DEL', 'a\0b\u007f', 'a\\x00b\\x7f'],
    ['bidirectional override', 'a\u202eb\u2066c\u2069', 'a\\u202eb\\u2066c\\u2069'],
    ['Arabic letter mark', 'a\u061cb', 'a\\u061cb'],
    ['zero-width characters', 'a\u200b\u200c\u200d\u2060\ufeffb', 'a\\u200b\\u200c\\u200d\\u2060\\ufeffb'],
    ['soft hyphen', 'a\u00adb', 'a\\xadb'],
    ['tag characters', 'a\u{e0041}\u{e007f}', 'a\\u{e0041}\\u{e007f}'],
    ['line separators', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\x85d'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['Hangul filler', 'a\u3164b', 'a\\u3164b'],
    ['variation selectors of the supplement', 'a\u{e0100}', 'a\\u{e0100}'],
  ])('%s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
    expect(replaceUnsafe(text, () => '')).not.toBe(text);
  });

  it.each([
    'CI deploy token',
    'Größe, ключ, 鍵, مفتاح',
    'e\u0301',
    '👍🏽 🔑 🇩🇪',
    '❤\ufe0f ☎\ufe0e',
    'pаypal',
    'C##, F# [beta], a::b, issue ##12, x --- y, [group]',
    '%0A::error:: %s %n %d %o',
    '<img onerror=x> [a](javascript:x)',
    '│ ─ ┼ Are you sure? [y/N] y',
  ])('and leaves %j as it is', (text) => {
    expect(safeText(text)).toBe(text);
    expect(replaceUnsafe(text, () => '')).toBe(text);
  });

  it('of a pile of combining marks four are marks, and the others are told', () => {
    expect(safeText(`Z${'\u0301'.repeat(6)}!`)).toBe(`Z${'\u0301'.repeat(4)}\\u0301\\u0301!`);
  });

  it.each([
    ['Braille blank', '\u2800'],
    ['Hangul fillers', '\u115f', '\u1160', '\u3164', '\uffa0'],
    ['blank music and hieroglyphs', '\u{1d159}', '\u{13441}'],
    [
      'spaces that are not the usual one',
      '\u00a0',
      '\u1680',
      '\u2003',
      '\u2009',
      '\u202f',
      '\u205f',
      '\u3000',
    ],
    ['interlinear notes', '\ufff9', '\ufffa', '\ufffb'],
    ['a variation selector after a letter', '\ufe0f', '\ufe00'],
  ])('A16 %s are seen', (_, ...characters) => {
    for (const character of characters) expect(safeText(`a${character}b`)).toMatch(/^a\\[xu][0-9a-f{}]+b$/);
  });

  it('cuts at the limit, and says so', () => {
    expect(safeText('界'.repeat(10_000), 10)).toBe(`${'界'.repeat(10)}…`);
    expect(safeText('x'.repeat(5_000_000))).toHaveLength(2_001);
    expect(safeText('x'.repeat(2_000))).toBe('x'.repeat(2_000));
  });

  it('never lets anything through, even where it cuts, and changes nothing the second time', () => {
    const nasty = fc.constantFrom(
      '\u001b',
      '\u009b',
      '\u202e',
      '\ud83d',
      '\udd11',
      '🔑',
      '\u{e0041}',
      '\u0301',
      '\ufe0f',
      '##',
      '[a]',
      '::',
      ' ',
      '--- ',
      'a',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 }),
        fc.nat(30),
        (parts, limit) => {
          const shown = safeText(parts.join(''), limit);
          expect(shown).not.toMatch(DANGEROUS);
          expect(safeText(shown)).toBe(shown);
          expect(readOutput(shown)).toEqual([]);
        },
      ),
    );
  });
});

it('replaceUnsafe hands over whole characters', () => {
  const seen: string[] = [];
  replaceUnsafe('a\u001b🔑\u{e0041}', (character) => {
    seen.push(character);
    return '';
  });
  expect(seen).toEqual(['\u001b', '\u{e0041}']);
});

describe('exactText can be undone', () => {
  const undo = (text: string) =>
    text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\})/g, (_, a, b, c) =>
      String.fromCodePoint(Number.parseInt(a ?? b ?? c, 16)),
    );

  it.each(['a\tb', 'C:\\x41', '\\u0041\\', '##[x]', '::x::', '\u{e0041}', '--- x', '\\\\x5c', 'a\u00a0b'])(
    '%j',
    (text) => {
      expect(undo(exactText(text))).toBe(text);
      expect(undo(withoutFormula(exactText(text)))).toBe(text);
    },
  );

  it('whatever it is made of', () => {
    const part = fc.oneof(
      fc.constantFrom('\\', 'x41', 'u0041', '##', '[', '::', '='),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        expect(undo(withoutFormula(exactText(parts.join(''))))).toBe(parts.join(''));
      }),
    );
  });
});

describe('A3 withoutFormula', () => {
  it.each(["=cmd|' /C calc'!A0", '+1+1', '-2+3', '@SUM(A1)', ' =1', '＝1', '=', '+cmd', '-x'])(
    'breaks %j',
    (text) => {
      expect(withoutFormula(text)).toMatch(/^\\[xu][0-9a-f]+/);
    },
  );

  it.each(['-', '-5', '+4915112345', '-1.5', 'a=b', '', 'x', 'ci-deploy'])('leaves %j', (text) => {
    expect(withoutFormula(text)).toBe(text);
  });
});
