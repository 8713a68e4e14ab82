import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { readJwt } from '../../../src/providers/jwt.ts';

describe('readJwt', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('reads the expiry, padded or not', () => {
    const jwt = `${part({ alg: 'HS256' })}.${part({ exp: 1_800_000_000, jti: 'tok1', s: 'ü' })}.sig`;
    expect(readJwt(Secret.of(jwt))).toEqual({ expiresAt: '2027-01-15T08:00:00Z', ids: ['tok1'] });
    expect(readJwt(Secret.of(jwt.replace('.sig', '==.sig')))).toEqual({
      expiresAt: '2027-01-15T08:00:00Z',
      ids: ['tok1'],
    });
    expect(readJwt(Secret.of(`${part({ alg: 'none' })}.${part({})}.`))).toEqual({
      expiresAt: null,
      ids: [],
    });
  });

  it.each(['', 'a', 'a.b', 'a.b.c', 'a.b.c.d', `${part({})}.${part(5)}.x`, '....', 'bbx_x'])(
    'takes %j for no JWT',
    (text) => {
      expect(readJwt(Secret.of(text))).toBeNull();
    },
  );

  it.each([
    [253_402_300_799, '9999-12-31T23:59:59Z'],
    [100_000_000_000, '5138-11-16T09:46:40Z'],
    [1, '1970-01-01T00:00:01Z'],
    [1_800_000_000.5, '2027-01-15T08:00:00.500Z'],
    // Beyond the year 9999, or no time: it does not end.
    [253_402_300_800, null],
    [1_800_000_000_000, null],
    [9e15, null],
    [0, null],
    [-1, null],
  ])('reads exp as seconds, whatever their number: %d', (exp, expiresAt) => {
    expect(readJwt(Secret.of(`${part({})}.${part({ exp })}.x`))?.expiresAt).toBe(expiresAt);
  });

  it('believes no exp that is not a number', () => {
    expect(readJwt(Secret.of(`${part({})}.${part({ exp: '2020-01-01T00:00:00Z', jti: '../x' })}.x`))).toEqual(
      { expiresAt: null, ids: [] },
    );
  });

  it.each<[string, object, readonly string[]]>([
    ['jti and sub first', { a: 'x1', sub: 's1', jti: 'j1' }, ['j1', 's1', 'x1']],
    ['those one level down', { _: { a: 'acc1', e: 'env1' }, exp: 1_800_000_000 }, ['acc1', 'env1']],
    ['each once', { jti: 'same', sub: 'same', _: { t: 'same' } }, ['same']],
    ['none of who issued it and for whom', { iss: 'vendor', aud: 'api', scope: 'read', iat: 5 }, []],
    ['no text that is no id', { jti: '../x', sub: 'two words', _: { a: ['x'], b: {} } }, []],
  ])('names the ids of its claims: %s', (_, claims, ids) => {
    expect(readJwt(Secret.of(`${part({})}.${part(claims)}.x`))?.ids).toEqual(ids);
  });
});
