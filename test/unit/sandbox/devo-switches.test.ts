import { describe, expect, test } from 'vitest';
import { setUp } from './support.ts';

describe('Devo', () => {
  const PATH = '/ws/accounts/acme/credentials/tokens';
  const BODY = { name: 'ci', user: 'user@example.com', audience: 'http' };

  test.each([
    ['kept', 'table://my.app'],
    ['widened', 'table://*.**'],
  ] as const)('has scopes that are %s', (devoScopes, scope) => {
    const { send, login } = setUp({ assumptions: { devoScopes } });
    const bearer = login('devo').secret;
    const body = { ...BODY, scopes: 'table://my.app' };
    expect(send('POST', PATH, { bearer, body }).body.scope).toBe(scope);
  });

  test.each(['table://my.{app,web}.**', 'table://a,b level://admin'])('takes the scope %s', (scopes) => {
    const { send, login } = setUp();
    const answer = send('POST', PATH, { bearer: login('devo').secret, body: { ...BODY, scopes } });
    expect(answer).toMatchObject({ status: 201, body: { scope: scopes } });
  });

  test('is 401 without a header alone, 403 for any header that opens nothing', () => {
    const { send } = setUp();
    expect(send('GET', PATH).status).toBe(401);
    for (const authorization of ['Basic eA==', 'Bearer', '', `Bearer ${'0'.repeat(32)}`])
      expect(send('GET', PATH, { headers: { authorization } }).status).toBe(403);
  });
});
