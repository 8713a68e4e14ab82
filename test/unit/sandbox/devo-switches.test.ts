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

  test.each([
    ['done', {}, 200, { name: 'new' }, 'new'],
    ['silent', { changes: 'silent' }, 200, { name: 'new' }, 'ci'],
    ['refused in a 200', { changes: 'success-false' }, 200, { success: false }, 'ci'],
  ] as const)('a rename can be %s', (_, devo, status, body, name) => {
    const { send, login } = setUp({ answers: { devo } });
    const bearer = login('devo').secret;
    const { id } = send('POST', PATH, { bearer, body: { ...BODY, scopes: 'table://my.app' } }).body;
    const answer = send('PUT', `${PATH}/${id}/rename`, { bearer, body: { name: 'new' } });
    expect(answer).toMatchObject({ status, body });
    expect(send('GET', `${PATH}/${id}`, { bearer }).body.name).toBe(name);
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
