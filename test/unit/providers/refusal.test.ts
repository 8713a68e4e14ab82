import { describe, expect, it } from 'vitest';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';

const PROVIDERS = [errova, devo, prefactor, bluebricks];

/** Bodies of a 2xx that refuse, with the code that they have to end in. */
const REFUSALS: readonly (readonly [unknown, string])[] = [
  [{ error: { code: 403, message: 'The role has no permission' } }, 'auth'],
  [{ error: { code: '403', message: 'no' } }, 'auth'],
  [{ error: { status: 404, message: 'no' } }, 'not-found'],
  [{ error: { code: 'not_found', message: 'no' } }, 'not-found'],
  [{ error: 'forbidden' }, 'auth'],
  [{ error: 'rate_limited' }, 'unavailable'],
  [{ error: 'something went wrong' }, 'failure'],
  [{ error: true, message: 'no' }, 'failure'],
  [{ error: 1, msg: 'no' }, 'failure'],
  [{ error: { errors: { label: ['is invalid'] } } }, 'failure'],
  [{ Error: { Code: 'AccessDenied', Message: 'no' } }, 'auth'],
  [{ errors: [{ message: 'no' }] }, 'failure'],
  [{ errors: [{ status: '409', detail: 'taken' }] }, 'conflict'],
  [{ errors: ['no'] }, 'failure'],
  [{ errors: [{}] }, 'failure'],
  [{ errors: { label: ['has been taken'] } }, 'failure'],
  [{ errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }], data: null }, 'auth'],
  [{ success: false }, 'failure'],
  [{ success: 'false', error: 'no such token' }, 'not-found'],
  [{ success: 0, message: 'no' }, 'failure'],
  [{ Success: false, Message: 'no' }, 'failure'],
  [{ ok: false, error: 'not_authenticated' }, 'auth'],
  [{ isSuccess: false }, 'failure'],
  [{ hasErrors: true, message: 'no' }, 'failure'],
  [{ statusCode: 403, message: 'Missing required scopes', error: 'Forbidden' }, 'auth'],
  [{ statusCode: '409', message: 'taken' }, 'conflict'],
  [{ status_code: 500 }, 'unavailable'],
  [{ httpStatus: 404 }, 'not-found'],
  [{ status: 'error', message: 'no' }, 'failure'],
  [{ status: 'FAILED' }, 'failure'],
  [{ status: 'fail', data: { label: 'is required' } }, 'failure'],
  [{ status: 'error', code: 403, message: 'no' }, 'auth'],
  [{ status: 403, message: 'no' }, 'auth'],
  [{ status: '404 Not Found', detail: 'no' }, 'not-found'],
  [{ status: false, message: 'no' }, 'failure'],
  [{ code: 401, message: 'no' }, 'auth'],
  [{ code: 'not_found', message: 'no such token' }, 'not-found'],
  [{ code: -1, msg: 'no permission' }, 'failure'],
  [{ code: 2_001, message: 'the token was not deleted' }, 'failure'],
  [{ code: 40_301, message: 'no permission', data: null }, 'failure'],
  [{ id: 7, name: 'ci', status: 'error', message: 'could not be disabled' }, 'failure'],
  [{ id: 7, name: 'ci', active: true, error: 'not allowed here' }, 'failure'],
  [{ errorCode: 'FORBIDDEN', errorMessage: 'no' }, 'auth'],
  [{ errcode: 40_001, errmsg: 'invalid credential here' }, 'failure'],
  [{ fault: { faultstring: 'no' } }, 'failure'],
  [{ __type: 'AccessDeniedException', message: 'no' }, 'auth'],
  [{ type: 'about:blank', title: 'Forbidden', status: 403 }, 'auth'],
  [{ type: 'https://e.test/out-of-credit', title: 'no credit', detail: 'none is left' }, 'failure'],
  [{ result: 'error', message: 'no' }, 'failure'],
  [{ data: { error: { code: 403, message: 'no' } } }, 'auth'],
  [{ result: { success: false, message: 'no' } }, 'failure'],
  [{ response: { data: { errors: ['no'] } } }, 'failure'],
  [{ data: { revokeToken: { userErrors: [{ message: 'no' }] } } }, 'failure'],
  [{ deleted: { error: 'not_found' } }, 'not-found'],
  [{ data: { ok: false } }, 'failure'],
  [{ data: { statusCode: 403, message: 'no' }, requestId: 'r' }, 'auth'],
  [{ result: { status: '404 Not Found' }, took: 3 }, 'not-found'],
  [{ result: { errors: [{ message: 'quite impossible' }] } }, 'failure'],
  [{ token: { error: { message: 'quite impossible' } }, requestId: 'r' }, 'failure'],
  [{ token: { id: 7, name: 'ci', error: 'not allowed here' }, requestId: 'r' }, 'failure'],
  [{ machineToken: { success: false }, requestId: 'r' }, 'failure'],
  [{ api_key: { ok: false }, v: 1 }, 'failure'],
  [{ key: { statusCode: 403 }, v: 1 }, 'auth'],
  [{ project: { name: 'web', status: 'error', message: 'quite impossible' }, v: 1 }, 'failure'],
  [{ _embedded: { error: 'forbidden' }, _links: {} }, 'auth'],
  [{ data: { id: 'x', attributes: { error: 'forbidden' } } }, 'auth'],
  [{ meta: { status: 403, message: 'no' }, data: null }, 'auth'],
  [{ header: { status: 'error', message: 'no' }, data: {} }, 'failure'],
  [{ head: { success: false }, body: null }, 'failure'],
  [[{ error: { message: 'quite impossible' } }], 'failure'],
  [[{ errors: ['quite impossible'] }], 'failure'],
  [[{ success: false }], 'failure'],
  [{ data: [{ error: 'forbidden' }] }, 'auth'],
];

/** One answer for each of several things; what a read lists under the same names are things. */
const REFUSALS_OF_MANY: readonly (readonly [unknown, string])[] = [
  [
    {
      results: [
        { id: 7, status: 200 },
        { id: 8, status: 403, error: { message: 'no' } },
      ],
    },
    'auth',
  ],
  [{ responses: [{ id: 7, success: false, message: 'no' }] }, 'failure'],
  [{ id: 'batch_1', results: [{ id: 7, error: 'forbidden' }] }, 'auth'],
  [[{ id: 7, statusCode: 404 }], 'not-found'],
];

/** Bodies of a success, though a name in them sounds like an error. */
const SUCCESSES: readonly unknown[] = [
  ...[null, '', 'OK', 'Activated api key', {}, [], 7, true],
  ...[
    { error: null },
    { errors: [] },
    { error: false },
    { error: '' },
    { errors: {} },
    { error: {} },
    { error: 0 },
  ],
  ...[{ errors: null }, { errors: [null] }, { errors: { label: [] } }, { error: { code: 0, message: '' } }],
  ...[
    { error: 'none' },
    { error: 'ok' },
    { error: 'No error' },
    { error: 'null' },
    { error: { code: 'OK' } },
  ],
  ...[
    { errorCount: 0 },
    { error_count: 3 },
    { errorCode: 0, errorMessage: 'success' },
    { errcode: 0, errmsg: 'ok' },
  ],
  ...[{ success: true }, { success: 'true' }, { ok: true }, { ok: 1 }, { success: true, errors: [] }],
  ...[{ statusCode: 200 }, { statusCode: '204' }, { status: 200, message: 'deleted' }, { status: 'success' }],
  ...[
    { status: 'ok' },
    { status: 1 },
    { status: 'revoked' },
    { code: 0, msg: 'ok' },
    { code: 'ok', message: 'done' },
  ],
  ...[
    { code: 1_000, message: 'success' },
    { code: 2_000, message: 'Token deleted.' },
    { code: 200, message: 'deleted' },
    { failed: 0, succeeded: 1 },
  ],
  ...[
    { id: 7, name: 'ci', status: 'failed' },
    { id: 7, status: 'expired' },
    { id: 7, status: 'error' },
  ],
  ...[
    { id: 'p_1', name: 'web', errors: 12 },
    { id: 7, code: 500 },
    { id: 7, last_error: 'x', error_rate: 0.2 },
  ],
  ...[
    { status: 'success', details: { id: 'x', status: 'suspended' } },
    { data: { id: 'x', status: 'failed' } },
  ],
  ...[
    { id: 7, name: 'error', active: true, errors: [], error: null, success: true },
    { token: { id: 7, name: 'error', errors: [], error: '', success: true }, requestId: 'r' },
    { data: { id: 'x', type: 'token', attributes: { name: 'ci', status: 'failed', code: 500 } } },
    { key: { id: 'k1', label: 'failed', status: 'error', errors: 3 }, v: 1 },
    { api_key: { name: 'ci', status: 'failed' }, v: 1 },
    { id: 7, name: 'ci', meta: { status: 'failed' }, project: { status: 'error' } },
    { token: 'error', meta: { errors: [], code: 200 } },
  ],
  ...[{ machineToken: { id: 'mt_1', label: 'error', status: 'failed' }, tokenSecret: 'ert_0123456789' }],
  ...[
    {
      results: [
        { id: 7, status: 200 },
        { id: 8, success: true },
      ],
    },
  ],
];

/** What a GET lists: the things in it are not answers. */
const LISTS: readonly unknown[] = [
  [{ id: 7, name: 'ci', error: 'x', errors: ['y'], status: 'error', success: false, statusCode: 500 }],
  { machineTokens: [{ id: 'mt_1', status: 'failed', error: { message: 'x' } }], total: 1 },
  { results: [{ id: 'a', success: false, message: 'x' }] },
  { status: 'success', summaries: [{ id: 'a', status: 'error', message: 'x' }] },
  { data: { items: [{ id: 'a', error: 'x' }] } },
  [{ id: 'a', error: 'x' }],
  [{ name: 'error', error: 'x' }],
  [{ error: 'x' }, { error: 'y' }],
  [{ status: 'failed', created: 'x' }],
  { data: [{ name: 'ci', success: false }] },
];

describe.each(PROVIDERS)('a 2xx of $id', (provider) => {
  it.each(REFUSALS)('refuses: %j is %s', (body, code) => {
    expect(provider.findRefusal(body)).toMatchObject({ code });
    expect(provider.findRefusal(body, { method: 'GET' })).toMatchObject({ code });
  });

  it.each(REFUSALS_OF_MANY)('refuses a change: %j is %s', (body, code) => {
    expect(provider.findRefusal(body)).toMatchObject({ code });
    expect(provider.findRefusal(body, { method: 'GET' })).toBeNull();
  });

  it.each(SUCCESSES.map((body) => [body]))('succeeds: %j', (body) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      expect(provider.findRefusal(body, { method })).toBeNull();
    }
  });

  it.each(LISTS.map((body) => [body]))('lists: %j', (body) => {
    expect(provider.findRefusal(body, { method: 'GET' })).toBeNull();
  });

  it.each(['Error: no such token', 'ERROR', 'Forbidden', 'token not found', 'failed to delete'])(
    'refuses the text %j',
    (text) => {
      expect(provider.findRefusal(text)).not.toBeNull();
    },
  );
});

it('quotes the vendor, reads its own codes, and cuts the secret', () => {
  const body = { status: 'error', code: 'not_permitted', message: 'Not for this token' };
  expect(prefactor.findRefusal(body)).toMatchObject({
    code: 'auth',
    message: expect.stringContaining('"Not for this token"'),
  });
  expect(devo.findRefusal({ error: { code: 403, message: 'The role has no permission' } })).toMatchObject({
    message: expect.stringContaining('The role has no permission'),
    hint: expect.stringContaining('expired'),
  });
});
