import { describe, expect, it } from 'vitest';
import type { FullOf } from '../../../src/ports/provider.ts';
import { fullOf } from '../../../src/providers/full-account.ts';
import { loadProvider } from '../../../src/providers/registry.ts';

const FULL: readonly (readonly [string, FullOf])[] = [
  ['API key limit reached', 'keys'],
  ['api_key_limit_exceeded', 'keys'],
  ['KEY-LIMIT-REACHED', 'keys'],
  ['Maximum number of API keys reached (50)', 'keys'],
  ['Too many API keys in organization', 'keys'],
  ['Your plan allows up to 10 keys', 'keys'],
  ['You cannot have more than 10 api keys', 'keys'],
  ['only 25 tokens are allowed', 'tokens'],
  ['Token quota exceeded', 'tokens'],
  ['The number of tokens has been exceeded', 'tokens'],
  ['Your request exceeds the limit of machine tokens', 'tokens'],
  ['all credentials of the plan are used up', 'tokens'],
];

const OTHER: readonly string[] = [
  'Key already exists in organization',
  'Failed to generate api key',
  'limit must not be greater than 20',
  'limit must be at most 100',
  'name of the key must be at most 255 characters',
  'Maximum length of the token label exceeded',
  'token scopes exceed the maximum',
  'A token may have at most 20 scopes',
  'lifetime of the token is above the maximum',
  'expiration of a key is limited to 365 days',
  'this token is limited to reading',
  'API key rate limit exceeded',
  'Too many requests for this token',
  'invalid token',
  'Your plan is used up',
  '',
];

describe('a refusal because the account is full', () => {
  it.each([400, 402, 403, 409, 422])('is known by its words, with the status %i', (status) => {
    for (const [words, of] of FULL) expect([words, fullOf(status, words)]).toEqual([words, of]);
  });

  it.each([401, 404, 429, 500, 503])('is none with the status %i', (status) => {
    for (const [words] of FULL) expect(fullOf(status, words)).toBeNull();
  });

  it('is not what another limit, or no limit, is about', () => {
    for (const words of OTHER) expect([words, fullOf(422, words)]).toEqual([words, null]);
  });

  it.each(['errova', 'devo', 'prefactor', 'bluebricks'] as const)(
    'is read by %s, in an error and in a success',
    async (id) => {
      const { findRefusal, readError } = await loadProvider(id);
      const body = { error: { message: 'Token limit reached: 50 of 50' } };
      expect(readError({ status: 422, body, header: () => null })).toMatchObject({
        fullOf: 'tokens',
        message: 'the provider refused the request (status 422): "Token limit reached: 50 of 50"',
      });
      expect(findRefusal(body)).toMatchObject({ fullOf: 'tokens' });
      expect(readError({ status: 422, body: {}, header: () => null }).fullOf).toBeUndefined();
    },
  );
});
