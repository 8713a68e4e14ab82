import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../../src/sandbox/assumptions.ts';
import { setUp } from './support.ts';

describe('Errova, switched,', () => {
  const PATH = '/api/organizations/acme-inc/machine-tokens';
  function errova(assumptions: Partial<Assumptions>) {
    const it = setUp({ assumptions });
    const cookie = `errova_session=${it.login('errova', 'session-cookie').secret}`;
    const headers = { cookie, origin: 'https://errova.com', referer: 'https://errova.com/' };
    const made = it.send('POST', PATH, { headers, body: { label: 'ci', scopes: ['org.read'] } }).body;
    const rotate = () =>
      it.send('POST', `${PATH}/${made.id}/rotate`, { bearer: it.login('errova').secret, body: {} }).body;
    return { ...it, made, rotate };
  }

  test('can grant more than was asked for', () => {
    expect(errova({ errovaScopes: 'widened' }).made.scopes).toEqual(['org.read', 'org.admin']);
  });

  test('can have ids that begin like an option', () => {
    const { made, send, sandbox } = errova({ errovaIds: 'nanoid' });
    expect(made.id).toMatch(/^[-_][0-9a-f]{24}$/);
    const bearer = sandbox.logins[0]?.secret ?? '';
    expect(send('DELETE', `${PATH}/${made.id}`, { bearer }).status).toBe(204);
  });

  test('can give a rotated token another id, and keep the overlap', () => {
    const { made, rotate, send, sandbox } = errova({
      errovaRotateId: 'new',
      errovaRotateOverlapSeconds: 60,
    });
    const { id } = rotate();
    expect(id).not.toBe(made.id);
    expect(sandbox.tokens('errova').map((token) => token.id)).toContain(id);
    expect(sandbox.tokens('errova').map((token) => token.id)).not.toContain(made.id);
    expect(send('GET', PATH, { bearer: made.tokenSecret }).status).toBe(200);
  });
});
