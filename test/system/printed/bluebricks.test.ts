import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printedBlocks } from '../../support/printed-commands.ts';
import { describeWithTools } from '../../support/system.ts';
import { setUpPrinted, TOOLS } from './rig.ts';

describeWithTools('the commands of Bluebricks’ document, as printed', TOOLS, () => {
  it('all succeed, the token of the CLI first', async () => {
    const { home, run, login, origin, vendors } = await setUpPrinted();
    const blocks = printedBlocks('bluebricks');
    mkdirSync(join(home.path, '.bricks'));
    const credentials = `token: Bearer ${login('bluebricks')}\nuserid: me@example.com\n`;
    writeFileSync(join(home.path, '.bricks/credentials.yaml'), credentials);
    const { stdout } = await run(blocks.get('retrieve the CLI Bearer token') ?? '');
    expect(stdout).toBe(`${login('bluebricks')}\n`);

    const values = {
      'https://api.bluebricks.co': origin,
      YOUR_SECRET_TOKEN: stdout.trim(),
      YOUR_TOKEN_NAME: 'ci',
      YOUR_TOKEN_NAME_TO_DEACTIVATE: 'ci',
    };
    const block = async (name: string) => (await run(blocks.get(name) ?? '', values)).answers[0];
    const live = () => vendors.sandbox.tokens('bluebricks').map((key) => key.live);

    const made = await block('create a long-lived API token');
    expect(made).toMatchObject({ status: 200, body: { api_key: expect.stringMatching(/^bbx_/) } });
    expect(await block('list long-lived API tokens')).toMatchObject({
      status: 200,
      body: { total: 1, list: [{ name: 'ci', is_disabled: false }] },
    });
    expect(await block('deactivate a long-lived API token')).toMatchObject({ status: 200, body: {} });
    expect(live()).toEqual([false]);
    expect(await block('activate a long-lived API token')).toMatchObject({ status: 200, body: {} });
    expect(live()).toEqual([true]);
  });
});
