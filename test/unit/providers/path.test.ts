import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '../../../src/domain/errors.ts';
import { path } from '../../../src/providers/path.ts';

describe('path', () => {
  it('encodes each value once and keeps "@"', () => {
    expect(path`/a/${'x/y?z#%2e'}/b`).toBe('/a/x%2Fy%3Fz%23%252e/b');
    expect(path`/ws/${'child@parent'}`).toBe('/ws/child@parent');
    expect(path`/a/${'..\\..'}`).toBe('/a/..%5C..');
  });

  it.each(['', '.', '..', '*', 'a\0b', 'a\nb', 'a\u0085b', '\ud800', 'x'.repeat(513)])(
    'refuses %j',
    (value) => {
      expect(() => path`/a/${value}`).toThrow(AppError);
    },
  );

  it('never leaves its segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), (value) => {
        let made: string;
        try {
          made = path`/a/${value}/b`;
        } catch (error) {
          return isAppError(error, 'usage');
        }
        const url = new URL(made, 'https://host.example');
        return url.pathname === made && made.split('/').length === 4 && url.search === '' && url.hash === '';
      }),
    );
  });
});
