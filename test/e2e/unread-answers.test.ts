import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, type InProcessRig } from './rig.ts';

// The provider says yes to a creation, and keyturn does not find the secret in its answer. A person reads the answer.

interface Way {
  readonly vendor: 'bluebricks' | 'prefactor' | 'errova';
  readonly login: readonly string[];
  /** Makes what is rotated, where something is. */
  readonly before: readonly string[] | null;
  readonly command: readonly string[];
  readonly fault: string;
  /** A field of the answer that the message names, and what the answer holds. */
  readonly field: string;
}

const BLUEBRICKS = { vendor: 'bluebricks', login: [] } as const;
const PREFACTOR = { vendor: 'prefactor', login: [] } as const;
const ERROVA = { vendor: 'errova', login: ['--org', 'acme-inc', '--session'] } as const;
const WAYS: Readonly<Record<string, Way>> = {
  'tokens create (Bluebricks)': {
    ...BLUEBRICKS,
    before: null,
    command: ['tokens', 'create', '--name', 'new', '--save'],
    fault: 'POST /api/v1/auth/key drop:api_key x1',
    field: 'no fields',
  },
  'tokens rotate (Bluebricks)': {
    ...BLUEBRICKS,
    before: ['tokens', 'create', '--name', 'ci', '--save'],
    command: ['tokens', 'rotate', 'ci', '--yes'],
    fault: 'POST /api/v1/auth/key drop:api_key x1',
    field: 'no fields',
  },
  'tokens create (Prefactor)': {
    ...PREFACTOR,
    before: null,
    command: ['tokens', 'create', '--name', 'new', '--expires-in', '30d', '--save'],
    fault: 'POST * drop:token x1',
    field: 'details',
  },
  'tokens rotate (Prefactor)': {
    ...PREFACTOR,
    before: ['tokens', 'create', '--name', 'ci', '--expires-in', '30d', '--save'],
    command: ['tokens', 'rotate', 'ci', '--yes'],
    fault: 'POST * drop:token x1',
    field: 'details',
  },
  'keys create (Errova)': {
    ...ERROVA,
    before: ['projects', 'create', '--name', 'Web App', '--platform', 'node'],
    command: ['keys', 'create', '--project', 'web-app', '--name', 'new', '--save'],
    fault: 'POST *keys rename-secret:zz_one x1',
    field: 'zz_one',
  },
};
async function ready({ before, login, vendor }: Way): Promise<InProcessRig> {
  const rig = await createInProcessRig();
  const how = login.includes('--session') ? [] : ['--with-token'];
  const stdin =
    vendor === 'errova' ? rig.sandbox.login('errova', 'session-cookie') : rig.sandbox.login(vendor);
  await rig.must(['login', vendor, ...login, ...how, '--store', 'file', '--url', rig.sandbox.origin], {
    stdin,
  });
  if (before) await rig.must(before);
  return rig;
}

function errorOf(stderr: string) {
  return JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error;
}

describe.each(Object.entries(WAYS))('%s', (_, way) => {
  const isKey = way.command[0] === 'keys';
  const isRotation = way.command[1] === 'rotate';
  const list = isKey ? ['keys', 'list', '--project', 'web-app'] : ['tokens', 'list'];
  const liveIds = async ({ must }: InProcessRig): Promise<readonly string[]> => {
    const document = JSON.parse(await must([...list, '--json']));
    const items: { id: string; status: string }[] = document[isKey ? 'keys' : 'tokens'];
    return items.filter(({ status }) => status === 'active').map(({ id }) => id);
  };

  test('exit 11, nothing ends by itself, the answer can be read, and abort ends what was made', async () => {
    const rig = await ready(way);
    const { must, run, sandbox } = rig;
    const before = await liveIds(rig);
    sandbox.setFaults([way.fault]);
    const stopped = await run([...way.command, '--json']);
    sandbox.setFaults([]);
    expect(stopped.code).toBe(11);
    const error = errorOf(stopped.stderr);
    const [made = ''] = (await liveIds(rig)).filter((id) => !before.includes(id));
    expect(error).toMatchObject({
      code: 'orphan',
      id: made,
      next: `keyturn rotations show ${error.attempt}`,
    });
    expect(error.message).toContain(way.field);
    expect(error.message).toContain(made);
    expect(error.message).not.toMatch(/lost|lives at the provider/);
    expect(error.hint).toContain(`keyturn rotations show ${error.attempt} --print-answer`);
    if (isRotation) expect(error.hint).toContain('the old token works as before');

    const shown = JSON.parse(await must(['rotations', 'show', error.attempt, '--json']));
    expect(shown).toMatchObject({ schema: 'keyturn.rotation-detail/1', state: 'attention', answers: null });
    expect(shown.now).toMatch(/needs a person: .*--print-answer.*rotations abort.*rotations resume/);
    expect(shown.now).toContain(made);
    expect(shown.next).toEqual([
      `keyturn rotations show ${error.attempt} --print-answer`,
      `keyturn rotations abort ${error.attempt}`,
      `keyturn rotations abort ${error.attempt} --keep-new`,
    ]);
    expect((await run(['rotations', 'show', error.attempt, '--print-answer'])).code).not.toBe(0);
    const answer = await must(['rotations', 'show', error.attempt, '--print-answer', '--yes']);
    expect(JSON.parse(answer)).toBeTypeOf('object');

    const changes = () => sandbox.requests.filter(({ method }) => method !== 'GET').length;
    const sent = changes();
    const again = await run(['rotations', 'resume', error.attempt, '--json']);
    expect([again.code, errorOf(again.stderr).message]).toEqual([11, error.message]);
    const second = await run([...way.command, '--json']);
    expect(second.code).toBe(13);
    expect(errorOf(second.stderr).next).toBe(`keyturn rotations show ${error.attempt}`);
    expect((await run(['rotations', 'resume', '--all', '--json'])).code).toBe(10);
    expect(changes()).toBe(sent);
    expect(await liveIds(rig)).toContain(made);

    const closed = JSON.parse(await must(['rotations', 'abort', error.attempt, '--yes', '--json']));
    expect(closed).toMatchObject({ state: 'aborted' });
    expect(await liveIds(rig)).toEqual(before);
    expect(await must(['rotations', 'list', '--json'])).toContain('"rotations": []');
    if (way.vendor !== 'bluebricks' || isRotation) return;
    // The name is burnt, and the person is told the next one.
    expect(closed.left).toEqual([expect.stringContaining('--name new-2')]);
    const taken = await run([...way.command, '--json']);
    expect([taken.code, errorOf(taken.stderr).hint]).toEqual([6, 'use `--name new-2`']);
  });

  test('--keep-new closes it for a person who uses the secret: nothing is sent, and what was made stays', async () => {
    const rig = await ready(way);
    const { must, run, sandbox } = rig;
    const before = await liveIds(rig);
    sandbox.setFaults([way.fault]);
    const { attempt, id } = errorOf((await run([...way.command, '--json'])).stderr);
    sandbox.setFaults([]);
    const sent = sandbox.requests.length;
    const abort = ['rotations', 'abort', attempt, '--keep-new'];
    expect((await run(abort)).code).not.toBe(0);
    const closed = JSON.parse(await must([...abort, '--yes', '--json']));
    expect(closed).toMatchObject({ state: 'aborted', undone: [] });
    // Bluebricks' answer names no id: its names are used once.
    expect(closed.left[0]).toMatch(way.vendor === 'bluebricks' ? /the new token "/ : `(id ${id})`);
    expect(sandbox.requests.length).toBe(sent);
    expect(new Set(await liveIds(rig))).toEqual(new Set([...before, id]));
    expect(await must(['rotations', 'list', '--json'])).toContain('"rotations": []');
    expect((await run(abort)).code).toBe(2);
  });
});

test('tokens rotate of several: each that cannot be read is left to a person, and the others go on', async () => {
  const way = WAYS['tokens rotate (Bluebricks)'] as Way;
  const rig = await ready(way);
  await rig.must(['tokens', 'create', '--name', 'two', '--save']);
  rig.sandbox.setFaults([way.fault]);
  const result = await rig.run(['tokens', 'rotate', 'ci', 'two', '--concurrency', '1', '--yes', '--json']);
  expect(result.code).toBe(9);
  const { results } = JSON.parse(result.stdout);
  expect(results).toMatchObject([
    { name: 'ci', result: 'orphan', hint: expect.stringContaining('--print-answer') },
    { name: 'two', result: 'rotated' },
  ]);
  const rotations = JSON.parse(await rig.must(['rotations', 'list', '--json'])).rotations;
  expect(rotations).toMatchObject([{ state: 'attention' }]);
});

test('apply: the token is left to a person, and a second apply makes no other one', async () => {
  const rig = await ready(WAYS['tokens create (Prefactor)'] as Way);
  const policy = join(rig.home.path, 'policy.yaml');
  writeFileSync(policy, 'schema: 1\ntokens:\n  - { name: deploy, profile: prefactor, save: deploy }\n');
  rig.sandbox.setFaults(['POST * drop:token x1']);
  const first = await rig.run(['apply', policy, '--yes', '--json']);
  rig.sandbox.setFaults([]);
  expect([first.code, first.stdout]).toEqual([11, expect.stringContaining('orphan')]);
  const sent = rig.sandbox.requests.filter(({ method }) => method === 'POST').length;
  const second = await rig.run(['apply', policy, '--yes', '--json']);
  expect([second.code, second.stdout]).toEqual([
    6,
    expect.stringMatching(/keyturn rotations show [0-9a-f]{32}/),
  ]);
  expect(rig.sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(sent);
});
