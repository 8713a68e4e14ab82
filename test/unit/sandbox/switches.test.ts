import { describe, expect, test } from 'vitest';
import { ANSWER_SWITCHES } from '../../../src/sandbox/answer-shape.ts';
import { ASSUMPTION_SWITCHES, DEFAULT_ASSUMPTIONS } from '../../../src/sandbox/assumptions.ts';
import { readSwitches } from '../../../src/sandbox/read-switches.ts';

describe('what is written for --assume', () => {
  test.each([
    [[], { assumptions: {}, answers: {} }],
    [['errovaLists=404'], { assumptions: { errovaLists: '404' }, answers: {} }],
    [['errovaBearerCreate=true'], { assumptions: { errovaBearerCreate: true }, answers: {} }],
    [['errovaPageSize=7', 'errovaPageSize=8'], { assumptions: { errovaPageSize: 8 }, answers: {} }],
    [['devo.endings=silent'], { assumptions: {}, answers: { devo: { endings: 'silent' } } }],
    [
      ['devo.envelope=data', 'devo.ids=false'],
      { assumptions: {}, answers: { devo: { envelope: 'data', ids: false } } },
    ],
    [
      ['writes=text', 'errova.writes=empty'],
      {
        assumptions: {},
        answers: {
          errova: { writes: 'empty' },
          devo: { writes: 'text' },
          prefactor: { writes: 'text' },
          bluebricks: { writes: 'text' },
        },
      },
    ],
  ])('%j', (texts, expected) => {
    expect(readSwitches(texts)).toEqual(expected);
  });

  test.each([
    '',
    'errovaLists',
    '=404',
    'errovaLists=',
    'errovaLists=500',
    'errovaBearerCreate=yes',
    'errovaPageSize=0',
    'errovaPageSize=-1',
    'errovaPageSize=1e3',
    'devoLifetimeSeconds=9999999999',
    'nothing=1',
    'toString=1',
    'devo.nothing=1',
    'devo.errovaLists=404',
    'other.endings=silent',
    'devo.endings=done?',
    'devo.secretField=a b',
  ])('"%s" is refused, with what may be written', (text) => {
    expect(() => readSwitches([text])).toThrow(
      expect.objectContaining({
        code: 'usage',
        facts: expect.objectContaining({ hint: expect.any(String) }),
      }),
    );
  });
});

describe.each(Object.entries({ ...ASSUMPTION_SWITCHES, ...ANSWER_SWITCHES }))('the switch %s', (_, it) => {
  test('reads its own initial value, and says what it means', () => {
    expect(it.read(String(it.initial))).toBe(it.initial);
    expect(it.usual.length).toBeGreaterThan(10);
    expect(it.otherwise).not.toBe('');
    expect(it.values).not.toBe('');
  });
});

test('no name is in both tables, and the defaults are those of the table', () => {
  const names = Object.keys(ASSUMPTION_SWITCHES);
  expect(names.filter((name) => Object.hasOwn(ANSWER_SWITCHES, name))).toEqual([]);
  expect(Object.keys(DEFAULT_ASSUMPTIONS)).toEqual(names);
});
