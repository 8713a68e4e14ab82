import { describe, expect, it } from 'vitest';
import { toWire } from '../../../../src/adapters/http/wire.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { AuthScheme, HttpRequest } from '../../../../src/ports/request.ts';

const header: AuthScheme = { id: 'bearer', headers: (secret) => ({ authorization: secret.reveal() }) };
const inBody: AuthScheme = {
  id: 'token',
  headers: () => ({}),
  body: (secret) => ({ auth: secret.reveal() }),
};
const POST: HttpRequest = { method: 'POST', path: '/x' };

function sent(auth: AuthScheme, request: Partial<HttpRequest>) {
  const endpoint = { origin: 'https://vendor.example', auth, secret: Secret.of('s3cret') };
  const { body, headers } = toWire(endpoint, { ...POST, ...request }, 'keyturn/test');
  return { body: body?.toString() ?? null, type: headers['content-type'] };
}

describe('the body of a request', () => {
  it('is JSON, a form, or not there', () => {
    expect(sent(header, { body: { a: [1] } })).toEqual({ body: '{"a":[1]}', type: 'application/json' });
    expect(sent(header, { form: { name: 'a b', x: '&=' } })).toEqual({
      body: 'name=a+b&x=%26%3D',
      type: 'application/x-www-form-urlencoded',
    });
    expect(sent(header, {})).toEqual({ body: null, type: undefined });
  });

  it('carries the secret where the vendor wants it there', () => {
    expect(sent(inBody, { body: { a: 1 } }).body).toBe('{"a":1,"auth":"s3cret"}');
    expect(sent(inBody, { form: { a: '1' } }).body).toBe('a=1&auth=s3cret');
    expect(sent(inBody, {}).body).toBeNull();
  });
});
