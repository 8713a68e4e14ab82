import { expect, it } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { printedBlocks } from '../../support/printed-commands.ts';
import { describeWithTools } from '../../support/system.ts';
import { setUpPrinted, TOOLS } from './rig.ts';

describeWithTools('the commands of Errova’s document, as printed', TOOLS, () => {
  const blocks = printedBlocks('errova');
  const [create = '', use = '', rotate = '', expire = ''] = blocks.values();
  /** A reader's shell keeps the variables of the blocks before. */
  const settings = (script: string) => script.match(/^[A-Z_]+=.*$/gm)?.join('\n') ?? '';

  async function shell(options?: Omit<SandboxOptions, 'world'>) {
    const it = await setUpPrinted(options);
    const fixed = {
      'https://api.errova.com/api': `${it.origin}/api`,
      '<session_cookie_value>': it.login('errova', 'session-cookie'),
      '<tokenSecret>': it.login('errova'),
      '<tokenSecret_from_create_response>': it.login('errova'),
    };
    const made = (await it.run(create, fixed)).answers;
    const run = async (before: readonly string[], block: string, values = {}) =>
      (await it.run([...before.map(settings), block].join('\n'), { ...fixed, ...values })).answers;
    return { ...it, made, run };
  }

  it('has the four blocks', () => {
    expect([...blocks.keys()]).toEqual([
      'create a machine token',
      'use the token for project and DSN operations',
      'rotate or revoke machine tokens',
      'expire or rotate DSN keys',
    ]);
  });

  it('all succeed, with the documented fields', async () => {
    const { made, run, vendors } = await shell();
    expect(made).toMatchObject([{ status: 201, body: { label: 'CI deploy token', scopes: ['org.admin'] } }]);
    expect(made[0]?.body.tokenSecret).toEqual(expect.any(String));

    const [project, key] = await run([create], use);
    expect(project).toMatchObject({
      status: 201,
      body: { slug: 'web-app', platform: 'nextjs', environment: 'production' },
    });
    expect(key).toMatchObject({ status: 201, body: { label: 'backend ingest', keyType: 'server_signed' } });

    const [rotated, revoked] = await run([create, use], rotate, { '<machine_token_id>': made[0]?.body.id });
    expect(rotated).toMatchObject({ status: 200, body: { id: made[0]?.body.id } });
    expect(rotated?.body.tokenSecret).not.toBe(made[0]?.body.tokenSecret);
    expect(revoked).toMatchObject({ status: 204, body: null });
    expect(vendors.sandbox.tokens('errova').map((token) => token.id)).not.toContain(made[0]?.body.id);

    const [expired, keyRotated] = await run([create, use, rotate], expire, { '<dsn_key_id>': key?.body.id });
    expect(expired?.status).toBe(200);
    const days = (Date.parse(expired?.body.expiresAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    expect(keyRotated).toMatchObject({ status: 200, body: { id: key?.body.id } });
    expect(keyRotated?.body.secret).not.toBe(key?.body.secret);
  });

  it.each([
    ['stops a token that rotates itself', 0, [200, 401]],
    ['lets it go on with an overlap, and revoke itself', 600, [200, 204]],
  ])('the third block %s', async (_, errovaRotateOverlapSeconds, statuses) => {
    const { made, run } = await shell({ assumptions: { errovaRotateOverlapSeconds } });
    const own = {
      '<tokenSecret_from_create_response>': made[0]?.body.tokenSecret,
      '<machine_token_id>': made[0]?.body.id,
    };
    expect((await run([create, use], rotate, own)).map((answer) => answer.status)).toEqual(statuses);
  });
});
