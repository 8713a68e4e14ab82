import { expect, it } from 'vitest';
import { describeWithTools } from '../../support/system.ts';
import { setUpPrinted, TOOLS } from './rig.ts';

describeWithTools('the operation of Prefactor’s document', TOOLS, () => {
  async function post(body: object) {
    const { run, origin, login } = await setUpPrinted();
    const { answers } = await run(
      `curl -sS -X POST ${origin}/api/v1/api_token -H 'Authorization: Bearer ${login('prefactor')}' ` +
        `-H 'Content-Type: application/json' --data '${JSON.stringify(body)}'`,
    );
    return answers[0];
  }
  const fields = { account_id: null, environment_id: null, token_scope: 'account' };

  it('answers with the documented fields where they are sent inside "details"', async () => {
    const answer = await post({ details: { ...fields, expires_at: '2099-01-01T00:00:00Z' } });
    expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });
    expect(answer?.body.token).toMatch(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./);
    expect(answer?.body.details).toMatchObject({
      available_actions: { activate: false, delete: false, revoke: true, suspend: true },
      environment_id: null,
      expires_at: '2099-01-01T00:00:00Z',
      last_used_at: null,
      status: 'active',
      token_scope: 'account',
      type: 'api_token',
    });
    for (const field of ['id', 'account_id', 'created_by_admin_user_id', 'inserted_at', 'updated_at'])
      expect(answer?.body.details[field]).toEqual(expect.any(String));
  });

  it('says where the fields belong when they are sent as the page reads', async () => {
    expect(await post(fields)).toMatchObject({
      status: 422,
      body: {
        status: 'error',
        code: 'validation_errors',
        errors: { details: { code: 'required', message: expect.stringContaining('inside "details"') } },
      },
    });
  });
});
