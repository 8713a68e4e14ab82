import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const LOGINS = {
  prefactor: [],
  bluebricks: [],
  devo: ['--region', 'us', '--domain', 'acme'],
  errova: ['--org', 'acme-inc'],
} as const;

async function loginTo(rig: InProcessRig, provider: keyof typeof LOGINS): Promise<void> {
  const args = ['login', provider, ...LOGINS[provider], '--url', rig.sandbox.origin, '--with-token'];
  await rig.must([...args, '--store', 'file'], { stdin: rig.sandbox.login(provider) });
}

/** The fields of an object and of what is in it, without the values. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  // A provider's own fields are its own.
  if (path.endsWith('.attributes')) return [path];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, `${path}.${key}`));
}

test.each([
  ['devo', DEVO],
  ['prefactor', []],
  ['bluebricks', []],
] as const)(
  'a new token of %s: --json --print has the fields of --json, with the secret',
  async (provider, own) => {
    const rig = await createInProcessRig();
    await loginTo(rig, provider);
    const create = ['tokens', 'create', ...own, '--json'];
    const plain = JSON.parse(await rig.must([...create, '--name', 'one', '--to', 'file:one']));
    const printed = JSON.parse(await rig.must([...create, '--name', 'two', '--print', '--to', 'file:two']));
    expect(printed.schema).toBe('keyturn.token/1');
    expect(printed.schema).toBe(plain.schema);
    expect(fieldsOf(printed)).toEqual(fieldsOf(plain));
    expect(plain.tokenSecret).toBeNull();
    const { name, inUse, status } = printed.token;
    expect({ name, inUse, status, state: printed.state }).toEqual({
      name: 'two',
      inUse: false,
      status: 'active',
      state: 'done',
    });
    expect(printed.delivery).toMatchObject({
      saved: null,
      destinations: [`file:${rig.home.path}/two`],
      printed: true,
    });
    expect(`${printed.tokenSecret}\n`).toBe(rig.home.files().get('two')?.toString());
    // What was told is what a look at the list tells.
    const { token } = JSON.parse(await rig.must(['tokens', 'get', `id:${printed.token.id}`, '--json']));
    expect(Object.keys(token)).toEqual(Object.keys(printed.token));
    expect({ id: token.id, name: token.name }).toEqual({ id: printed.token.id, name: 'two' });
  },
);

test('a new key: the same', async () => {
  const rig = await createInProcessRig();
  await loginTo(rig, 'errova');
  const project = JSON.parse(
    await rig.must(['projects', 'create', '--name', 'web', '--platform', 'node', '--json']),
  ).project.slug;
  const create = ['keys', 'create', '--project', project, '--json'];
  const plain = JSON.parse(await rig.must([...create, '--name', 'one', '--to', 'file:one']));
  const printed = JSON.parse(await rig.must([...create, '--name', 'two', '--print']));
  expect(printed.schema).toBe('keyturn.key/1');
  expect(fieldsOf(printed)).toEqual(fieldsOf(plain));
  expect([plain.tokenSecret, printed.tokenSecret]).toEqual([null, expect.any(String)]);
});

test.each([
  ['--print', ['--print']],
  ['--save', ['--save']],
  ['--save', ['--save', 'name']],
  ['--to', ['--to', 'file:key']],
])('a browser key has no secret: %s is refused before anything is sent', async (option, args) => {
  const rig = await createInProcessRig();
  await loginTo(rig, 'errova');
  const slug = JSON.parse(
    await rig.must(['projects', 'create', '--name', 'web', '--platform', 'node', '--json']),
  ).project.slug;
  const sent = rig.sandbox.requests.length;
  const create = ['keys', 'create', '--project', slug, '--name', 'front', '--type', 'browser_public'];
  for (const more of [[], ['--json'], ['--dry-run']]) {
    const { code, stdout, stderr } = await rig.run([...create, ...args, ...more]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      `a browser_public key has no secret for \\"${option}\\"`.replaceAll(
        '\\',
        more[0] === '--json' ? '\\' : '',
      ),
    );
  }
  expect(rig.sandbox.requests).toHaveLength(sent);
  // Without it the key is made, and its public part is the answer.
  const made = JSON.parse(await rig.must([...create, '--json']));
  expect(made.key.publicKey).toEqual(expect.any(String));
});
