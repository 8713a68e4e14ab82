import { expect, test } from 'vitest';
import { createInProcessRig, DEVO } from './rig.ts';

const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', XDG_RUNTIME_DIR: '' };
const SECRET = '0123456789abcdefghijklmnop';

// The binding answers otherwise on other systems.
test.runIf(process.platform === 'linux')(
  'where a keychain is out of reach, each command names what helps it',
  async () => {
    const rig = await createInProcessRig(NO_KEYCHAIN);
    const login = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', rig.sandbox.origin];
    const token = {
      KEYTURN_TOKEN: rig.sandbox.login('devo'),
      KEYTURN_URL: rig.sandbox.origin,
      KEYTURN_PROVIDER: 'devo',
      KEYTURN_REGION: 'us',
      KEYTURN_DOMAIN: 'acme',
    };
    const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--save'];
    const cases = [
      { args: [...login, '--with-token'], stdin: token.KEYTURN_TOKEN, hint: '`--store passphrase`' },
      { args: ['credentials', 'import', 'other'], stdin: SECRET, hint: '`--store passphrase`' },
      { args: create, env: token, hint: 'set KEYTURN_STORE to "passphrase" or "file"' },
    ];
    for (const { hint, args, ...more } of cases) {
      const { code, stderr } = await rig.run(args, more);
      expect({ args, code, stderr }).toEqual({ args, code: 7, stderr: expect.stringContaining(`or choose`) });
      expect(stderr).toContain(hint);
      expect(stderr.match(/--store p|KEYTURN_STORE/g)).toHaveLength(1);
    }
    // And what is named works.
    await rig.must([...create, '--json'], { env: { ...token, KEYTURN_STORE: 'file' } });
    const migrate = ['credentials', 'migrate', '--from', 'file', '--to', 'keychain'];
    const { code, stderr } = await rig.run(migrate);
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining('`--to passphrase`') });
    expect(stderr).not.toContain('--store');
    expect([...rig.home.files().keys()].filter((path) => path.includes('.vault-'))).toEqual([]);
  },
);

test('a store that is none: the hint has the form in which it was given', async () => {
  const rig = await createInProcessRig();
  const option = await rig.run(['credentials', 'import', 'x', '--store', 'vault'], { stdin: SECRET });
  expect(option.stderr).toContain('for example `--store file`');
  const variable = await rig.run(['credentials', 'list'], { env: { KEYTURN_STORE: 'vault' } });
  expect(variable.stderr).toContain('for example `KEYTURN_STORE=file`');
});
