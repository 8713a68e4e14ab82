import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxLine } from '../../src/cli/documents/sandbox.ts';
import type { RunOptions } from '../support/cli.ts';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// Every command that prints a document, in every state that it has: what it prints is what `schemas/` says.

/** Schemas of files that people write. */
const WRITTEN = ['policy.schema.json', 'provider-definition.schema.json'];
const FILES = readdirSync('schemas').filter((name) => !WRITTEN.includes(name));
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const SCHEMAS: ReadonlyMap<string, ValidateFunction> = new Map(
  FILES.map((name) => [
    name.replace('.schema.json', ''),
    ajv.compile(JSON.parse(readFileSync(join('schemas', name), 'utf8'))),
  ]),
);
const reached = new Set<string>();

/** Throws unless the document is what the schema of its name says. */
function check(name: string, document: unknown): void {
  const validate = SCHEMAS.get(name);
  if (!validate) throw new Error(`there is no schema "${name}"`);
  if (!validate(document))
    throw new Error(`${name}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(document, null, 2)}`);
  reached.add(name);
}

type Document = Record<string, unknown> & { readonly schema: string };

interface Printed {
  readonly code: number;
  /** Undefined where the command failed. */
  readonly document: Document;
  readonly stderr: string;
}

/** Runs a command with --json and checks all that it printed, on stdout and on stderr. */
async function print(
  rig: InProcessRig,
  args: readonly string[],
  more: Partial<RunOptions> = {},
): Promise<Printed> {
  const { code, stdout, stderr } = await rig.run([...args, '--json'], more);
  for (const line of stderr.split('\n').filter((each) => each !== '')) {
    const told: unknown = JSON.parse(line);
    check(told !== null && typeof told === 'object' && 'error' in told ? 'error' : 'note', told);
  }
  const document = stdout === '' ? undefined : JSON.parse(stdout);
  if (document !== undefined) check(/^keyturn\.([a-z-]+)\/1$/.exec(document.schema)?.[1] ?? '', document);
  return { code, document, stderr };
}

/** As `print`; the command must end with `code`. */
async function must(
  rig: InProcessRig,
  args: readonly string[],
  { code = 0, ...more }: Partial<RunOptions> & { readonly code?: number } = {},
): Promise<Document> {
  const printed = await print(rig, args, more);
  if (printed.code !== code) throw new Error(`${args.join(' ')}: ${printed.code}, ${printed.stderr}`);
  return printed.document;
}

const cleaning: (() => void | Promise<void>)[] = [];
const atEnd = (clean: () => void | Promise<void>) => void cleaning.unshift(clean);
afterAll(async () => {
  for (const clean of cleaning) await clean();
});

async function rigAt(provider: string, ...settings: readonly string[]): Promise<InProcessRig> {
  const rig = await createInProcessRig({}, atEnd);
  const login = ['login', provider, ...settings, '--url', rig.sandbox.origin, '--with-token'];
  await must(rig, [...login, '--store', 'file'], { stdin: rig.sandbox.login(provider) });
  return rig;
}

const devoRig = () => rigAt('devo', '--region', 'us', '--domain', 'acme');

function create(rig: InProcessRig, name: string, ...more: readonly string[]): Promise<Document> {
  return must(rig, ['tokens', 'create', '--name', name, ...DEVO, ...(more.length > 0 ? more : ['--save'])]);
}

const PENDING = { code: 10 };
const ISSUED = ['attempt', 'state', 'dueAt', 'old', 'differences', 'delivery', 'tokenSecret'];

test('every schema is closed, and says its own name', () => {
  expect(FILES.length).toBeGreaterThan(25);
  for (const [name, { schema }] of SCHEMAS) {
    expect(schema).toMatchObject({ additionalProperties: false });
    if (name === 'error' || name === 'note') continue;
    expect(schema).toMatchObject({ properties: { schema: { const: `keyturn.${name}/1` } } });
  }
});

test('what is not in the schema is found', () => {
  const note = SCHEMAS.get('note');
  expect([note?.({ note: 'a' }), note?.({ note: 'a', more: 1 }), note?.({}), note?.({ note: 1 })]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe('tokens', () => {
  let rig: InProcessRig;
  beforeAll(async () => {
    rig = await devoRig();
  });

  test('are created: saved, written, printed, and as a plan', async () => {
    const saved = await create(rig, 'ci', '--save');
    const printed = await create(rig, 'printed', '--print');
    const written = await create(rig, 'written', '--to', 'file:written', '--print');
    for (const document of [saved, printed, written]) {
      expect(document).toMatchObject({ schema: 'keyturn.token/1', state: 'done', old: null });
      expect(Object.keys(document)).toEqual(Object.keys(saved));
    }
    expect([saved, printed].map(({ tokenSecret }) => typeof tokenSecret)).toEqual(['object', 'string']);
    const plan = await must(rig, ['tokens', 'create', '--name', 'x', ...DEVO, '--save', '--dry-run']);
    expect(plan).toMatchObject({ schema: 'keyturn.plan/1', steps: [{ step: 'issue' }, { step: 'store' }] });
  });

  test('are looked up, shown and listed', async () => {
    const looked = await must(rig, ['tokens', 'get', 'ci']);
    expect(looked).toMatchObject({ attempt: null, state: null, delivery: null, tokenSecret: null });
    const shown = await must(rig, ['tokens', 'get', 'ci', '--print']);
    expect(shown).toMatchObject({ schema: 'keyturn.secret/1', credential: null, token: { name: 'ci' } });
    expect(shown['tokenSecret']).toEqual(expect.stringMatching(/\S{8}/));
    await must(rig, ['tokens', 'list']);
    expect(await must(rig, ['tokens', 'list', '--status', 'revoked'])).toMatchObject({ tokens: [] });
  });

  test('are ended: one, several, some failing, and as a plan', async () => {
    await create(rig, 'gone');
    await must(rig, ['tokens', 'disable', 'gone', '--dry-run']);
    expect(await must(rig, ['tokens', 'disable', 'gone', '--yes'])).toMatchObject({
      results: [{ result: 'disabled', outcome: 'done', provider: 'devo', profile: 'devo' }],
    });
    await must(rig, ['tokens', 'enable', 'gone']);
    await must(rig, ['tokens', 'revoke', 'gone', 'nothing', '--yes'], { code: 9 });
    const { document } = await print(rig, ['tokens', 'revoke', 'nothing', '--yes']);
    expect(document).toBeUndefined();
  });
});

test('tokens are renamed', async () => {
  const rig = await rigAt('prefactor');
  const made = await must(rig, ['tokens', 'create', '--name', 'ci', '--save']);
  const id = `id:${(made['token'] as { id: string }).id}`;
  await must(rig, ['tokens', 'rename', id, 'cd', '--dry-run']);
  const renamed = await must(rig, ['tokens', 'rename', id, 'cd']);
  expect(Object.keys(renamed)).toEqual(Object.keys(made));
  expect(renamed).toMatchObject({ token: { name: 'cd' }, attempt: null });
});

test('what was asked for decides the schema, not how many are due', async () => {
  const rig = await devoRig();
  await create(rig, 'ci');
  const all = ['tokens', 'rotate', '--all', '--expiring-within', '3650d', '--save', '--yes'];
  const { results, schema } = await must(rig, all);
  // The managing credential is due too, and left alone.
  expect(schema).toBe('keyturn.results/1');
  expect((results as { result: string }[]).map(({ result }) => result)).toEqual(['rotated', 'conflict']);
  const { code } = await print(rig, [...all.slice(0, -2), '--to', 'file:one', '--yes']);
  expect(code).toBe(2);
});

describe('one shape for each rotation', () => {
  let rig: InProcessRig;
  let shape: readonly string[];
  const shaped = (document: Document, facts: Readonly<Record<string, unknown>>) => {
    expect(Object.keys(document)).toEqual(shape);
    expect(document).toMatchObject({ schema: 'keyturn.rotation/1', ...facts });
  };
  beforeAll(async () => {
    rig = await devoRig();
    await create(rig, 'ci');
    shape = Object.keys(await must(rig, ['rotations', 'resume']));
  });

  test('nothing is unfinished', async () => {
    expect(shape).toEqual(expect.arrayContaining(['id', 'token', 'key', 'undone', 'left', ...ISSUED]));
    shaped(await must(rig, ['rotations', 'resume']), { state: 'none', attempt: null, token: null });
  });

  test('done: the old id, what became of it, and when', async () => {
    const before = (await must(rig, ['tokens', 'get', 'ci']))['token'] as { id: string };
    const done = await must(rig, ['tokens', 'rotate', 'ci', '--yes']);
    const token = done['token'] as { id: string };
    shaped(done, {
      ...{ provider: 'devo', profile: 'devo', state: 'done', id: token.id, tokenSecret: null },
      old: { id: before.id, outcome: 'revoked', at: expect.stringMatching(/Z$/) },
      delivery: { saved: { name: 'ci', id: token.id }, printed: false },
    });
    expect(token.id).not.toBe(before.id);
  });

  test('printed: the document has the secret, and is written before the old token ends', async () => {
    await create(rig, 'shown', '--print');
    shaped(await must(rig, ['tokens', 'rotate', 'name:shown', '--yes', '--print']), {
      state: null,
      attempt: expect.any(String),
      old: { outcome: 'unknown', at: null },
      tokenSecret: expect.any(String),
      delivery: { printed: true },
    });
  });

  test('nothing is due, of one, of all, and as a plan', async () => {
    const one = ['tokens', 'rotate', 'ci', '--if-expiring-within', '1h'];
    shaped(await must(rig, one), { state: 'nothing-due', token: { name: expect.any(String) } });
    const all = ['tokens', 'rotate', '--all', '--older-than', '300d'];
    expect(await must(rig, all)).toMatchObject({ schema: 'keyturn.results/1', results: [] });
    expect(await must(rig, [...all, '--dry-run'])).toMatchObject({ schema: 'keyturn.plan/1', steps: [] });
  });

  test('a plan names each step', async () => {
    const { steps } = await must(rig, ['tokens', 'rotate', 'ci', '--old', '1h', '--dry-run']);
    const names = (steps as { step: unknown }[]).map(({ step }) => step);
    expect(names).toEqual(expect.arrayContaining(['preflight', 'issue', 'store', 'verify']));
    expect(names.filter((name) => typeof name !== 'string')).toEqual([]);
  });

  test('waiting for the end of its grace period, then resumed, then ended', async () => {
    const facts = { dueAt: expect.any(String), old: { outcome: 'valid-until', at: expect.any(String) } };
    const waiting = await must(rig, ['tokens', 'rotate', 'ci', '--yes', '--old', '1h'], PENDING);
    shaped(waiting, { state: 'pending', ...facts });
    await must(rig, ['rotations', 'list']);
    const id = String(waiting['attempt']);
    expect(await must(rig, ['rotations', 'show', id])).toMatchObject({ answers: null, id });
    shaped(await must(rig, ['rotations', 'resume'], PENDING), { state: 'pending', attempt: id, ...facts });
    expect(await must(rig, ['rotations', 'resume', '--all'], PENDING)).toMatchObject({
      results: [{ outcome: 'waiting', attempt: id, provider: 'devo' }],
    });
    const foreign = { KEYTURN_TOKEN: 'of-another-vendor', KEYTURN_PROVIDER: 'prefactor' };
    const { document: skipped } = await print(rig, ['rotations', 'resume', '--all'], { env: foreign });
    expect(skipped).toMatchObject({ results: [{ outcome: 'skipped', attempt: id }] });
    const ended = await must(rig, ['rotations', 'resume', '--now', '--yes']);
    shaped(ended, { state: 'done', old: { outcome: 'revoked' }, delivery: { saved: { name: 'ci' } } });
    expect(await must(rig, ['rotations', 'resume', '--all'])).toMatchObject({ results: [] });
  });

  test('a refused one is an error, and an aborted one a document', async () => {
    rig.sandbox.setFaults(['DELETE * status:503']);
    const { document, code } = await print(rig, ['tokens', 'rotate', 'ci', '--yes']);
    expect([document, code]).toEqual([undefined, 10]);
    rig.sandbox.setFaults([]);
    const { rotations } = await must(rig, ['rotations', 'list']);
    const [{ id } = { id: '' }] = rotations as { id: string }[];
    await must(rig, ['rotations', 'abort', id, '--yes']);
    await must(rig, ['tokens', 'rotate', 'ci', '--yes', '--old', '1h'], PENDING);
    const listed = await must(rig, ['rotations', 'list']);
    const [waiting] = listed['rotations'] as { id: string }[];
    shaped(await must(rig, ['rotations', 'abort', waiting?.id ?? '', '--yes']), {
      state: 'aborted',
      attempt: waiting?.id,
      undone: expect.arrayContaining([expect.any(String)]),
      files: [],
    });
    await must(rig, ['rotations', 'list', '--all']);
  });

  test('a creation that is resumed', async () => {
    const stopped = ['tokens', 'create', '--name', 'late', ...DEVO, '--to', 'exec:false'];
    expect((await print(rig, stopped)).code).toBe(10);
    const { rotations } = await must(rig, ['rotations', 'list']);
    const [{ id } = { id: '' }] = rotations as { id: string }[];
    const shown = await must(rig, ['rotations', 'show', id, '--print-answer', '--yes']);
    expect(shown).toMatchObject({ answers: [{ body: expect.any(String), whole: true }] });
    shaped(await must(rig, ['rotations', 'resume', id, '--print']), {
      tokenSecret: expect.any(String),
      attempt: id,
      old: null,
    });
  });

  test('a record that cannot be read is set aside', async () => {
    const stopped = ['tokens', 'create', '--name', 'torn', ...DEVO, '--to', 'exec:false'];
    expect((await print(rig, stopped)).code).toBe(10);
    const { rotations } = await must(rig, ['rotations', 'list']);
    const [{ id } = { id: '' }] = rotations as { id: string }[];
    const folder = join(rig.home.path, '.local/state/keyturn/attempts');
    const [name = ''] = readdirSync(folder).filter(
      (each) => each.startsWith(id) && each.endsWith('.journal'),
    );
    writeFileSync(join(folder, name), readFileSync(join(folder, name)).fill(0x41, 200, 210));
    expect(await must(rig, ['rotations', 'list'])).toMatchObject({ rotations: [{ state: 'broken' }] });
    await must(rig, ['rotations', 'resume', '--all'], { code: 1 });
    shaped(await must(rig, ['rotations', 'abort', id, '--yes']), {
      state: 'set-aside',
      attempt: id,
      files: [expect.stringContaining(id)],
    });
  });

  test('several have a result each', async () => {
    for (const name of ['a', 'b']) await create(rig, name);
    const all = ['tokens', 'rotate', '--all', '--expiring-within', '30d', '--yes', '--save'];
    await must(rig, [...all, '--dry-run']);
    const { results } = await must(rig, [...all, '--old', '1h'], PENDING);
    for (const result of results as Document[]) expect(result).toHaveProperty('old.outcome', 'valid-until');
  });
});

test('projects and keys', async () => {
  const rig = await rigAt('errova', '--org', 'acme-inc');
  const project = ['projects', 'create', '--name', 'web', '--platform', 'node'];
  await must(rig, [...project, '--dry-run']);
  const slug = String(((await must(rig, project))['project'] as { slug: string }).slug);
  await must(rig, ['projects', 'list']);
  const key = (name: string, ...more: readonly string[]) =>
    must(rig, ['keys', 'create', '--project', slug, '--name', name, ...more]);
  const made = await key('one', '--to', 'file:one');
  for (const each of [await key('two', '--print'), await key('web', '--type', 'browser_public')])
    expect(Object.keys(each)).toEqual(Object.keys(made));
  await key('three', '--save', '--dry-run');
  await must(rig, ['keys', 'list', '--project', slug]);
  const of = ['--project', slug, '--yes'];
  await must(rig, ['keys', 'expire', 'two', '--in', '30d', ...of, '--dry-run']);
  const expired = await must(rig, ['keys', 'expire', 'two', '--in', '30d', ...of]);
  expect(Object.keys(expired)).toEqual(Object.keys(made));
  await must(rig, ['keys', 'rotate', 'one', ...of, '--save', '--dry-run']);
  const rotated = await must(rig, ['keys', 'rotate', 'one', ...of, '--save']);
  expect(rotated).toMatchObject({ project: slug, token: null, key: { name: 'one' }, state: 'done' });
  expect(rotated).toHaveProperty('old.outcome', 'replaced');
  const printed = await must(rig, ['keys', 'rotate', 'one', ...of, '--print']);
  expect(Object.keys(printed)).toEqual(Object.keys(rotated));
  expect(printed).toMatchObject({ tokenSecret: expect.any(String), old: { outcome: 'replaced' } });
});

test('profiles, logins and who is logged in', async () => {
  const rig = await devoRig();
  expect(await must(rig, ['whoami'])).toMatchObject({
    settings: { region: 'us', domain: 'acme' },
    sources: { profile: expect.any(String) },
  });
  await must(rig, ['profiles', 'list']);
  await must(rig, ['profiles', 'show', 'devo']);
  await must(rig, ['profiles', 'use', 'devo']);
  await must(rig, ['profiles', 'rename', 'devo', 'work']);
  const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token', '--store', 'file'];
  await must(rig, login, { stdin: rig.sandbox.login('prefactor') });
  await must(rig, ['whoami', '-p', 'prefactor']);
  await must(rig, ['profiles', 'remove', 'prefactor', '--yes']);
  expect(await must(rig, ['logout', 'work', '--yes'])).toMatchObject({ result: 'logged-out' });
  expect(await must(rig, ['profiles', 'list'])).toMatchObject({ profiles: [] });
});

test('a login that replaces a token, and a logout that revokes one', async () => {
  const rig = await createInProcessRig({}, atEnd);
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--store', 'file'];
  const session = { env: { KEYTURN_SESSION: rig.sandbox.login('errova', 'session-cookie') } };
  await must(rig, [...login, '--session', '--name', 'first'], session);
  const again = await must(rig, [...login, '--session', '--name', 'second', '--old', 'now'], session);
  expect(again).toHaveProperty('login.old.state', 'revoked');
  await must(rig, ['logout', '--revoke', '--yes']);
});

test('the store: saved credentials, and a migration', async () => {
  const env = { KEYTURN_PASSPHRASE: 'correct-horse-battery' };
  const rig = await devoRig();
  expect(await must(rig, ['credentials', 'import', 'other'], { stdin: '0123456789abcdef' })).toMatchObject({
    credential: { name: 'other', kind: 'imported' },
  });
  await create(rig, 'ci');
  await must(rig, ['credentials', 'list']);
  await must(rig, ['credentials', 'get', 'ci']);
  const shown = await must(rig, ['credentials', 'get', 'other', '--print']);
  expect(shown).toMatchObject({ token: null, provider: null, tokenSecret: '0123456789abcdef' });
  await must(rig, ['credentials', 'remove', 'other', '--yes']);
  const migrate = ['credentials', 'migrate', '--from', 'file', '--to', 'passphrase'];
  expect(await must(rig, [...migrate, '--dry-run'], { env })).toMatchObject({
    steps: [{ step: 'migrate' }],
    provider: null,
  });
  expect(await must(rig, migrate, { env })).toMatchObject({ done: true, from: 'file', to: 'passphrase' });
});

test('a policy: planned, applied, blocked', async () => {
  const rig = await devoRig();
  const policy = join(rig.home.path, 'policy.yaml');
  const options = 'options: { user: ci@example.com, audience: apiv2 }';
  const token = (name: string, more: string) =>
    `  - { name: ${name}, profile: devo, scopes: ['table://my.app'], ${options}, ${more} }\n`;
  const write = (...tokens: readonly string[]) =>
    writeFileSync(policy, `schema: 1\ntokens:\n${tokens.join('')}`);
  write(token('ci', 'save: true, lifetime: 30d, renewBefore: 7d'));
  expect(await must(rig, ['plan', policy, '--exit-code'], PENDING)).toMatchObject({ changes: 1 });
  expect(await must(rig, ['apply', policy, '--yes'])).toMatchObject({ verb: 'apply' });
  expect(await must(rig, ['plan', policy])).toMatchObject({ tokens: [{ action: 'nothing' }] });
  await must(rig, ['apply', policy, '--dry-run']);
  rig.sandbox.setFaults(['POST * status:403']);
  write(token('ci', 'save: true'), token('cd', 'save: true'));
  await must(rig, ['apply', policy, '--yes'], { code: 9 });
});

test('what keyturn changed, whether all is well, and what the vendors can do', async () => {
  const rig = await devoRig();
  await create(rig, 'ci');
  await must(rig, ['audit', 'list']);
  await must(rig, ['audit', 'verify']);
  const { document } = await print(rig, ['doctor', '--offline']);
  expect(document).toMatchObject({ schema: 'keyturn.doctor/1' });
  for (const finding of document['checks'] as Document[])
    expect(Object.keys(finding)).toEqual(['check', 'result', 'message', 'fix']);
  await must(rig, ['providers']);
  await must(rig, ['providers', 'bluebricks']);
  check('sandbox', JSON.parse(sandboxLine(rig.sandbox.origin, rig.sandbox.sandbox.logins)));
});

test('an error before a command is known', async () => {
  const rig = await createInProcessRig({}, atEnd);
  for (const args of [['tokens'], ['nothing'], ['tokens', 'list', '--nothing'], ['whoami']])
    expect(await print(rig, args)).toMatchObject({
      document: undefined,
      stderr: expect.stringMatching(/^\{/),
    });
});

test('no schema is left that no command reached', () => {
  expect([...SCHEMAS.keys()].filter((name) => !reached.has(name))).toEqual([]);
});
