import { expect, it } from 'vitest';
import { printedBlocks } from '../../support/printed-commands.ts';
import { describeWithTools } from '../../support/system.ts';
import { setUpPrinted, TOOLS } from './rig.ts';

describeWithTools('the commands of Devo’s document, as printed', TOOLS, () => {
  const [script = '', endpoints = ''] = printedBlocks('devo').values();

  it.each(['acme', 'child@parent'])('work for the domain %s', async (domain) => {
    const { run, login, origin, vendors } = await setUpPrinted({ seed: { devoDomain: domain } });
    const fixed = {
      'your 32 character hexadecimal token': login('devo'),
      'https://api-your_region.devo.com': origin,
      your_devo_domain: domain,
    };
    const { answers } = await run(script, fixed);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(answers.map((answer) => answer.body.audience)).toEqual([
      ...['aggregations', 'apiv2', 'apiv2-admin', 'alerts', 'http', 'http'],
    ]);
    for (const { text, body } of answers) {
      expect(text).toContain('x-devo-cid: ');
      expect(body).toMatchObject({ user: 'user@example.com', account: domain, active: true });
    }
    expect(vendors.sandbox.tokens('devo')).toHaveLength(7);
  });

  it('the listed endpoints behave as the document says', async () => {
    const { run, login, origin } = await setUpPrinted();
    const body = `'{"name":"a","user":"user@example.com","audience":"http","scopes":"table://*.**"}'`;
    const lines = endpoints
      .trim()
      .split('\n')
      .map((line) => {
        const [method = '', path = ''] = line.split(' ');
        const data = method === 'POST' ? body : path.endsWith('rename') ? `'{"name":"b"}'` : '';
        const sent = data === '' ? '' : ` -H 'Content-Type: application/json' --data ${data}`;
        return `curl -sS -X ${method} "${origin}${path}" -H "Authorization: Bearer ${login('devo')}"${sent}`;
      });
    const { answers } = await run(lines.join('\n'), { '{accountName}': 'acme', '{tokenId}': '2' });
    const [made, list, one, enabled, disabled, renamed, deleted] = answers;
    expect(made?.status).toBe(201);
    expect(list?.body).toHaveLength(2);
    expect(JSON.stringify(list?.body)).not.toContain('"token":');
    expect(one?.body.token).toMatch(/^[0-9a-f]{32}$/);
    expect([enabled, disabled, renamed].map((answer) => answer?.status)).toEqual([200, 200, 200]);
    expect([enabled?.body.active, disabled?.body.active, renamed?.body.name]).toEqual([true, false, 'b']);
    expect(deleted).toMatchObject({ status: 204, body: null });
  });

  it('a bare child of a domain is refused', async () => {
    const { run, login, origin } = await setUpPrinted({ seed: { devoDomain: 'child@parent' } });
    const fixed = { 'your 32 character hexadecimal token': login('devo'), your_devo_domain: 'child' };
    const { answers } = await run(script, { ...fixed, 'https://api-your_region.devo.com': origin });
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403, 403]);
  });
});
