import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from '../support/bad-input.ts';
import { readOutput, startActionsJob } from '../support/runner-model.ts';

const NAMES = [
  'report ##[stop-commands]q7Zk2',
  '::stop-commands::q7Zk2',
  '##[set-output name=token]attacker-chosen-value',
  '##vso[task.prependpath]/tmp/evil',
  "##teamcity[buildStatus text='x']",
  'section_start:1700000000:x',
  '--- x',
  'a much longer name, which a YAML writer might fold at its line breaks\n::stop-commands::q7Zk2\n##[group]x',
];
const LONG = 'x'.repeat(120);
const FORMATS = ['human', 'tsv', 'json', 'yaml', 'ndjson', 'name'];
const NEW = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app'];

let trial: Trial;
let env: Record<string, string>;

beforeAll(async () => {
  trial = await startTrial();
  const token = trial.sandbox.login('devo');
  env = {
    GITHUB_ACTIONS: 'true',
    KEYTURN_PROVIDER: 'devo',
    KEYTURN_REGION: 'us',
    KEYTURN_DOMAIN: 'acme',
    KEYTURN_URL: trial.sandbox.origin,
    KEYTURN_TOKEN: token,
  };
  for (const name of [...NAMES, LONG]) {
    const made = await fetch(`${trial.sandbox.origin}/ws/accounts/acme/credentials/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, user: 'ci@example.com', audience: 'apiv2', scopes: 'table://my.app' }),
    });
    expect(made.status).toBe(201);
  }
});
afterAll(() => trial.end());

describe.each(FORMATS)('A3 -o %s', (format) => {
  test.each(NAMES)('no runner obeys %j', async (name) => {
    const reference = `name:${name}`;
    for (const argv of [
      ['tokens', 'list'],
      ['tokens', 'get', reference],
      ['tokens', 'disable', reference, '--dry-run'],
      ['tokens', 'get', `name:missing ${name}`],
      ['tokens', 'get', name],
    ]) {
      // The rig itself refuses what a runner would obey.
      const { stdout, stderr } = await trial.run([...argv, '-o', format], { env });
      expect(readOutput(stdout + stderr)).toEqual([]);
      if (format !== 'name') expect(`${stdout}${stderr}`).not.toBe('');
    }
  });
});

test('A3 in one step, after a list, the mask line of a new secret is obeyed', async () => {
  const job = startActionsJob();
  for (const format of FORMATS) {
    const listed = await trial.run(['tokens', 'list', '-o', format], { env });
    job.take(listed.stdout);
    job.take(listed.stderr);
  }
  const made = await trial.run(['tokens', 'create', '--name', 'deploy', ...NEW, '--print', '-o', 'tsv'], {
    env,
  });
  expect(made.code).toBe(0);
  job.take(made.stderr);
  const secret = made.stdout.trimEnd();
  expect(trial.sandbox.secrets).toContain(secret);
  expect([job.stopped, job.masks, job.outputs.size]).toEqual([false, [secret], 0]);
  expect(job.log()).not.toContain(secret);
});

test('A16 the question shows every token, and is whole, whatever one is called', async () => {
  const listed = await trial.run(['tokens', 'list', '-o', 'json'], { env });
  const tokens: { id: string; name: string }[] = JSON.parse(listed.stdout).tokens;
  const id = tokens.find(({ name }) => name === LONG)?.id;
  const { stderr } = await trial.run(['tokens', 'revoke', `id:${id}`, 'id:2', 'id:3'], {
    env,
    answers: ['n'],
  });
  const lines = stderr.split('\n');
  const start = lines.findIndex((line) => /revoke 3 tokens at Devo, [\w ]+:$/.test(line));
  expect(lines.slice(start + 1, start + 4).map((line) => /\(id (\w+)\)$/.exec(line)?.[1])).toEqual([
    id,
    '2',
    '3',
  ]);
  expect(lines[start + 4]).toMatch(/^revoke these 3 tokens at Devo, [\w ]+\? \[y\/N\] $/);
});
