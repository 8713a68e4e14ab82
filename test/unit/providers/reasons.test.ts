import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';
import { answer } from './support.ts';

const WHY = 'label has been taken';

/** Every shape in which a vendor was seen to say why. */
const FORMS: readonly unknown[] = [
  { message: WHY },
  { Message: WHY },
  { msg: WHY },
  { errorMessage: WHY },
  { error_message: WHY },
  { errmsg: WHY, errcode: 7 },
  { detail: WHY },
  { title: WHY },
  { type: 'about:blank', title: WHY, status: 422 },
  { type: 'about:blank', title: 'Unprocessable Entity', status: 422, detail: WHY },
  { description: WHY },
  { reason: WHY },
  { err_msg: WHY },
  { errorSummary: WHY, errorCauses: [] },
  { errorCode: 'E1', errorCauses: [{ errorSummary: WHY }] },
  { fieldErrors: [{ field: 'label', defaultMessage: 'has been taken' }] },
  { status: 422, errors: { json: { label: ['has been taken'] } } },
  { error: { code: 422, message: 'no', details: [{ fieldViolations: [{ description: WHY }] }] } },
  { errors: [{ code: 1, message: 'no', error_chain: [{ message: WHY }] }] },
  { error: { innererror: { message: WHY } } },
  { error: 'bad', cause: { message: WHY } },
  `<html><head><title>422</title></head><body><h1>${WHY}</h1></body></html>`,
  `<?xml version="1.0"?><Error><Code>Taken</Code><Message>${WHY}</Message></Error>`,
  { 'odata.error': { message: { value: WHY } } },
  { error: WHY },
  { error: 'invalid_request', error_description: WHY },
  { error: 'Bad Request', message: WHY },
  { error: { message: WHY } },
  { error: { code: 422, msg: WHY } },
  { error: { code: 422, detail: WHY } },
  { error: { message: { value: WHY, lang: 'en' } } },
  { error: { error: WHY } },
  { error: { code: 'x', issues: [{ path: ['label'], message: 'has been taken' }] } },
  { error: { details: [{ message: WHY }] } },
  { error: { errors: [{ message: WHY, reason: 'duplicate' }] } },
  { error: { title: WHY } },
  { error: [WHY] },
  { message: [WHY] },
  { message: { label: ['has been taken'] } },
  { message: { label: 'has been taken' } },
  { errors: [WHY] },
  { errors: [{ message: WHY }] },
  { errors: [{ msg: WHY }] },
  { errors: [{ detail: WHY, status: '422', source: { pointer: '/data/attributes/label' } }] },
  { errors: [{ title: WHY }] },
  { errors: [{ field: 'label', message: 'has been taken' }] },
  { errors: { label: ['has been taken'] } },
  { errors: { label: 'has been taken' } },
  { errors: { label: { message: 'has been taken' } } },
  { errors: { label: [{ message: 'has been taken' }] } },
  { errors: { base: [WHY] } },
  { errors: { message: WHY } },
  { issues: [{ code: 'custom', path: ['label'], message: 'has been taken' }] },
  { detail: [{ loc: ['body', 'label'], msg: 'has been taken', type: 'value_error' }] },
  { detail: { message: WHY } },
  { details: WHY },
  { details: [WHY] },
  { details: { label: 'has been taken' } },
  { details: { label: ['has been taken'] } },
  { details: [{ field: 'label', description: 'has been taken' }] },
  { violations: [{ propertyPath: 'label', message: 'has been taken' }] },
  { 'invalid-params': [{ name: 'label', reason: 'has been taken' }], title: 'Your request is not valid' },
  { label: ['has been taken'] },
  { non_field_errors: [WHY] },
  { fault: { faultstring: WHY, detail: { errorcode: 'x' } } },
  { Fault: { faultstring: WHY } },
  { data: { message: WHY } },
  { data: null, errors: [{ message: WHY, extensions: { code: 'BAD_USER_INPUT' } }] },
  { result: { error: { message: WHY } } },
  { response: { errors: [{ message: WHY }] } },
  { status: { code: 422, message: WHY } },
  { meta: { error: WHY } },
  { _embedded: { errors: [{ message: WHY }] } },
  { success: false, error: { name: 'ZodError', message: WHY } },
  {
    status: 'error',
    code: 'validation_errors',
    errors: { details: { errors: { label: { message: 'has been taken' } } } },
  },
  { status: 'fail', data: { label: ['has been taken'] } },
  { status: 'fail', data: { label: 'has been taken' } },
  [{ message: WHY }],
  [WHY],
  WHY,
  `${WHY}\n`,
];

describe.each([errova, devo, prefactor, bluebricks])('the reasons of $id', (provider) => {
  it.each(FORMS.map((form) => [form]))('reach the person: %j', (form) => {
    const { message } = provider.readError(answer(422, form));
    expect(message).toMatch(/label\b.*\bhas been taken/);
    expect(message.length).toBeLessThan(450);
  });

  it.each(FORMS.map((form) => [form]))('are safe, short and without the secret: %j', (form) => {
    const own = 'sk_own.0f343b0931126a20';
    const text = JSON.stringify(form).replaceAll(
      'has been taken',
      `${own} \\u001b[2Jgone ${'x'.repeat(2_000)}`,
    );
    const body: unknown = JSON.parse(text);
    const { message } = provider.readError({ ...answer(422, body), secret: Secret.of(own) });
    expect(message).toContain('[secret]');
    expect(message).not.toMatch(/sk_own|0f343b|\u001b/);
    expect(message.length).toBeLessThan(450);
  });
});

describe('what is no reason', () => {
  it.each([
    // What was sent, or the thing itself, comes back: never quoted.
    [{ details: { token: 'plain-secret-of-somebody' } }],
    [{ data: { token: 'plain-secret-of-somebody', id: 'x' } }],
    [{ request: { secret: 'plain-secret-of-somebody' } }],
    [{ token: 'plain-secret-of-somebody' }],
    ['plain-secret-0f343b-of-somebody'],
    [['plain-secret-0f343b-of-somebody']],
    [{ tokens: ['plain-secret-of-somebody'] }],
  ])('is not quoted: %j', (body) => {
    expect(errova.readError(answer(400, body)).message).not.toContain('plain-secret');
  });

  it('name the field beside a code that is all there is', () => {
    const body = { message: 'Validation Failed', errors: [{ field: 'label', code: 'already_exists' }] };
    expect(errova.readError(answer(422, body)).message).toMatch(
      /"Validation Failed; label: already_exists"$/,
    );
  });

  it('falls back to the vendor’s code', () => {
    expect(errova.readError(answer(422, { code: 'label_taken' })).message).toContain('label_taken');
    expect(errova.readError(answer(422, { error: { code: 'label_taken' } })).message).toContain(
      'label_taken',
    );
  });
});

describe('a 403 that is about a limit', () => {
  const read = (headers: Record<string, string>) =>
    errova.readError(answer(403, { message: 'slow down' }, headers));

  it.each([
    [{ 'retry-after': '40' }],
    [{ 'retry-after': 'Sun Nov 22 10:00:40 2026' }],
    [{ 'x-ratelimit-remaining': '0' }],
  ])('is worth trying again: %j', (headers) => {
    expect(read(headers)).toMatchObject({
      code: 'unavailable',
      message: 'the provider asks for a pause: "slow down"',
    });
    expect(read(headers).hint).toMatch(/^try again/);
  });

  it.each([[{}], [{ 'retry-after': 'soon' }], [{ 'x-ratelimit-remaining': '12' }]])(
    'and one that is not: %j',
    (headers) => {
      expect(read(headers).code).toBe('auth');
    },
  );
});
