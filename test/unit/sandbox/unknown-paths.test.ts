import { describe, expect, test } from 'vitest';
import { setUp } from './support.ts';

describe('a path that a vendor does not have', () => {
  test.each([
    ['/api/organizations/acme-inc/members', { error: { code: 'not_found', message: expect.any(String) } }],
    ['/api/health', { error: { code: 'not_found', message: expect.any(String) } }],
    ['/ws/accounts/acme/other', { error: { code: 404, message: expect.any(String) } }],
    ['/ws/other', { error: { code: 404, message: expect.any(String) } }],
    ['/api/v1/environment', { status: 'error', code: 'not_found', message: expect.any(String) }],
    ['/api/v1/pfid/generate', { status: 'error', code: 'not_found', message: expect.any(String) }],
    ['/api/v1/auth/other', { statusCode: 404, message: expect.any(String), error: 'Not Found' }],
  ])('%s is answered in that vendor’s words', (path, body) => {
    expect(setUp().send('GET', path)).toMatchObject({ status: 404, body });
  });
});
