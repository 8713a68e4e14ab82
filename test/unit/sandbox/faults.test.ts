import { describe, expect, test } from 'vitest';
import { createFaultPlan } from '../../../src/sandbox/fault-plan.ts';
import { parseFault } from '../../../src/sandbox/faults.ts';

describe('a rule', () => {
  test.each([
    [
      'POST /api/v1/auth/key reset-after',
      { method: 'POST', path: '/api/v1/auth/key', action: { kind: 'reset-after' } },
    ],
    [
      'GET * status:503:retry-after=2 x2',
      { action: { kind: 'status', code: 503, retryAfter: '2' }, times: 2 },
    ],
    ['status:429', { method: null, path: '*', action: { kind: 'status', code: 429, retryAfter: null } }],
    ['POST *rotate hang-after', { path: '*rotate', action: { kind: 'hang-after' } }],
    ['* truncate:40', { method: null, path: '*', action: { kind: 'truncate', bytes: 40 } }],
    ['truncate', { action: { kind: 'truncate', bytes: null } }],
    ['slow:200', { action: { kind: 'slow', ms: 200 }, times: Number.POSITIVE_INFINITY, after: 0 }],
    ['DELETE drip:5 after:3', { method: 'DELETE', path: '*', action: { kind: 'drip', ms: 5 }, after: 3 }],
    ['html x1 after:2', { action: { kind: 'html' }, times: 1, after: 2 }],
    ['html after:2 x1', { action: { kind: 'html' }, times: 1, after: 2 }],
    [
      'redirect:307:http://127.0.0.1:1/x',
      { action: { kind: 'redirect', code: 307, url: 'http://127.0.0.1:1/x' } },
    ],
    ['garble:token', { action: { kind: 'garble', field: 'token' } }],
    ['double:value', { action: { kind: 'double', field: 'value' } }],
    ['stale', { action: { kind: 'stale', mutations: 1 }, times: 1 }],
    ['GET * stale:3 x2', { action: { kind: 'stale', mutations: 3 }, times: 2 }],
    ['headers:20000', { action: { kind: 'headers', bytes: 20_000 } }],
  ])('%s', (text, expected) => {
    expect(parseFault(text)).toMatchObject({ text, ...expected });
  });

  test.each([
    '',
    'explode',
    'POST',
    'POST /a',
    'post /a html',
    'GET /a /b html',
    'GET a html',
    'status',
    'status:99',
    'status:600',
    'status:503:soon',
    'status-after:x',
    'truncate:-1',
    'truncate:many',
    'slow',
    'html:1',
    'reset-after:1',
    'redirect:200:http://x',
    'redirect:302',
    'garble',
    'double',
    'html x',
    'x2',
  ])('"%s" is refused, with the grammar as a hint', (text) => {
    expect(() => parseFault(text)).toThrow(
      expect.objectContaining({
        code: 'usage',
        facts: expect.objectContaining({ hint: expect.stringContaining('ACTION') }),
      }),
    );
  });
});

describe('a plan', () => {
  const fates = (rules: string[], requests: string[]) => {
    const plan = createFaultPlan(rules.map(parseFault));
    return requests.map((it) => {
      const [method = '', path = ''] = it.split(' ');
      const { delay, action } = plan.next({ method, path });
      return delay > 0 ? `${action?.kind ?? 'ok'}+${delay}` : (action?.kind ?? 'ok');
    });
  };

  test('matches method and whole path', () => {
    const requests = ['POST /a/key', 'GET /a/key', 'POST /a/keys', 'POST /b/a/key'];
    expect(fates(['POST /a/key html'], requests)).toEqual(['html', 'ok', 'ok', 'ok']);
    expect(fates(['/a/*/c* html'], ['GET /a/b/c', 'GET /a/b/x/cd', 'GET /a/c'])).toEqual([
      'html',
      'html',
      'ok',
    ]);
    expect(fates(['/a.b html'], ['GET /axb', 'GET /a.b'])).toEqual(['ok', 'html']);
  });

  test('lets some pass, then fires so often', () => {
    expect(fates(['POST html x2 after:1'], Array(5).fill('POST /a'))).toEqual([
      'ok',
      'html',
      'html',
      'ok',
      'ok',
    ]);
    expect(fates(['html after:1'], ['GET /a', 'GET /a', 'GET /a'])).toEqual(['ok', 'html', 'html']);
  });

  test('takes the first rule that fires and keeps the others for later', () => {
    expect(fates(['html x1', 'empty x1'], Array(3).fill('GET /a'))).toEqual(['html', 'empty', 'ok']);
  });

  test('adds delays up, with any other fault', () => {
    expect(fates(['slow:20', 'html x1', 'GET slow:5'], ['GET /a', 'POST /a'])).toEqual(['html+25', 'ok+20']);
  });
});
