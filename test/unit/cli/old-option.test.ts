import { describe, expect, test } from 'vitest';
import { Input } from '../../../src/cli/arguments/input.ts';
import { readOld } from '../../../src/cli/commands/rotate/old-option.ts';
import { oldLine } from '../../../src/cli/documents/issued.ts';

const HOUR = 3_600_000;

function read(options: Readonly<Record<string, unknown>>) {
  const notes: string[] = [];
  const old = readOld(new Input([], new Map(Object.entries(options))), (line) => notes.push(line));
  return { ...old, notes };
}

describe('--old', () => {
  const nothing = { graceMs: null, retainOld: false, revoke: false };
  test.each([
    [{}, nothing],
    [{ old: 'now' }, { ...nothing, revoke: true }],
    [{ old: 'keep' }, { ...nothing, retainOld: true }],
    [{ old: '24h' }, { ...nothing, graceMs: 24 * HOUR }],
    [{ revoke: true }, { ...nothing, revoke: true }, '--old now'],
    [{ 'keep-old': true }, { ...nothing, retainOld: true }, '--old keep'],
    [{ grace: '24h' }, { ...nothing, graceMs: 24 * HOUR }, '--old 24h'],
  ])('%j', (options, old, instead = '') => {
    const { notes, ...rest } = read(options);
    expect(rest).toEqual(old);
    expect(notes).toEqual(instead === '' ? [] : [expect.stringContaining(`write \`${instead}\``)]);
  });

  test.each([
    { old: 'later' },
    { old: '0h' },
    { grace: 'keep' },
    { old: 'keep', revoke: true },
    { old: '24h', grace: '24h' },
    { revoke: true, 'keep-old': true },
    { grace: '1h', 'keep-old': true },
  ])('%j is refused', (options) => {
    expect(() => read(options)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('what became of the old one is said, by id and with the time', () => {
  const at = '2026-11-28T12:00:00Z';
  test.each([
    ['revoked', at, 'the old token ("etl", id 5) was revoked at 2026-11-28T12:00:00Z'],
    ['disabled', at, 'the old token ("etl", id 5) was disabled at 2026-11-28T12:00:00Z'],
    ['disabled', null, 'the old token ("etl", id 5) was disabled'],
    ['kept', null, 'the old token ("etl", id 5) stays valid'],
    [
      'replaced',
      at,
      'id 5 has a new secret at 2026-11-28T12:00:00Z; keyturn did not try whether the old secret still works',
    ],
    ['valid-until', at, 'the old token ("etl", id 5) is valid until 2026-11-28T12:00:00Z'],
    ['unknown', null, 'keyturn could not look up whether the old token ("etl", id 5) still works'],
  ] as const)('%s %s', (outcome, when, text) => {
    expect(oldLine({ id: '5', name: 'etl', outcome, at: when })).toBe(text);
  });
});
