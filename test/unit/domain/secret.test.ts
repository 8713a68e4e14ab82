import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';

const VALUE = 'kt_canary_0123456789';
const secret = Secret.of(VALUE);

const WAYS: Readonly<Record<string, () => unknown>> = {
  '%s': () => format('%s', secret),
  '%o': () => format('%o', secret),
  '%O': () => format('%O', secret),
  '%j': () => format('%j', secret),
  '%d': () => format('%d', secret),
  '%i': () => format('%i', secret),
  'format of a wrapped one': () => format('%s %o', { secret }, [secret]),
  template: () => `${secret}`,
  concatenation: () => `x${secret}`,
  'String()': () => String(secret),
  'Number()': () => Number(secret),
  valueOf: () => String(secret.valueOf()),
  join: () => [secret, secret].join(),
  'object key': () => Object.keys({ [String(secret)]: 1 })[0],
  'JSON.stringify': () => JSON.stringify(secret),
  'JSON.stringify, nested': () => JSON.stringify({ a: [{ secret }] }),
  'JSON.stringify of a map': () => JSON.stringify([...new Map([['a', secret]])]),
  spread: () => JSON.stringify({ ...secret }),
  'Object.entries': () => JSON.stringify(Object.entries(secret)),
  'own names and symbols': () =>
    [...Object.getOwnPropertyNames(secret), ...Object.getOwnPropertySymbols(secret)].join(),
  structuredClone: () => inspect(structuredClone(secret), { showHidden: true }),
  'Object.assign': () => inspect(Object.assign({}, secret)),
  inspect: () => inspect(secret),
  'inspect, everything': () =>
    inspect({ a: { b: { secret } } }, { depth: 99, showHidden: true, getters: true }),
  'inspect without our own word': () =>
    inspect(secret, { depth: 99, showHidden: true, getters: true, customInspect: false }),
  'inspect of a map, a set, a promise': () =>
    inspect([new Map([[secret, secret]]), new Set([secret]), Promise.resolve(secret)], { depth: 99 }),
  'the cause of an error': () => inspect(new Error('broken', { cause: secret })),
  'the cause of a cause': () =>
    inspect(new Error('broken', { cause: new Error('inner', { cause: { headers: { secret } } }) }), {
      depth: 99,
    }),
  'an aggregate error': () => inspect(new AggregateError([secret], 'all broken')),
  'the stack of an error with it as message': () => new Error(String(secret)).stack,
  'an error like those of HTTP clients': () =>
    JSON.stringify(Object.assign(new Error('request failed'), { config: { headers: { secret } } })),
};

describe('a secret hides itself', () => {
  it.each(Object.entries(WAYS))('in %s', (_, show) => {
    const shown = String(show());
    for (let at = 0; at + 8 <= VALUE.length; at += 1) expect(shown).not.toContain(VALUE.slice(at, at + 8));
  });

  it('and says so, instead of looking empty', () => {
    expect(`${secret}`).toBe('[secret]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(inspect({ secret })).toBe('{ secret: [secret] }');
  });

  it('until it is revealed', () => {
    expect(secret.reveal()).toBe(VALUE);
    expect(secret.length).toBe(VALUE.length);
  });
});

describe('equals', () => {
  it('is equality of the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), (a, b) => {
        expect(Secret.of(a).equals(Secret.of(b))).toBe(a === b);
      }),
    );
  });

  it('tells a prefix, a repetition and an empty text apart', () => {
    for (const [a, b] of [
      ['ab', 'abab'],
      ['abab', 'ab'],
      ['', 'a'],
      ['a', ''],
      ['a', 'aa'],
    ] as const) {
      expect(Secret.of(a).equals(Secret.of(b))).toBe(false);
    }
    expect(Secret.of('').equals(Secret.of(''))).toBe(true);
  });
});
