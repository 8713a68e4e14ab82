import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// Many at once: a line for each, with name, id and code, and a last line that counts and names.

async function rigWith(names: readonly string[]): Promise<InProcessRig> {
  const rig = await createInProcessRig({}, undefined, { answers: { devo: { writes: 'empty' } } });
  await rig.loginDevo();
  for (const name of names) await rig.must(['tokens', 'create', '--name', name, ...DEVO, '--save']);
  return rig;
}

async function idsOf({ must }: InProcessRig): Promise<Readonly<Record<string, string>>> {
  const { tokens } = JSON.parse(await must(['tokens', 'list', '--json']));
  return Object.fromEntries(tokens.map(({ id, name }: Record<string, string>) => [name?.split('-')[0], id]));
}

interface Case {
  readonly args: readonly string[];
  readonly faults: (ids: Readonly<Record<string, string>>) => readonly string[];
  /** The lines of stdout, in their order. */
  readonly lines: readonly RegExp[];
  readonly last: RegExp;
  readonly code: number;
  readonly outcomes: readonly string[];
}

const PLACE = 'at Devo, profile devo';
const ROTATE = ['tokens', 'rotate', '--all', '--expiring-within', '30d', '--concurrency', '1'];

const CASES: Readonly<Record<string, Case>> = {
  'tokens revoke, all done': {
    args: ['tokens', 'revoke', 'a', 'b'],
    faults: () => [],
    lines: [/^revoked "a" \(id 2\) at Devo/, /^revoked "b" \(id 3\) at Devo, profile devo$/],
    last: /^2 done, 0 failed, 0 unknown, 0 skipped at Devo, profile devo$/,
    code: 0,
    outcomes: ['done', 'done'],
  },
  'tokens revoke, one is not there and one is refused': {
    args: ['tokens', 'revoke', 'a', 'nothing', 'b'],
    faults: ({ b }) => [`DELETE */${b} status:409`],
    lines: [
      new RegExp(`^revoked "a" \\(id 2\\) ${PLACE}$`),
      new RegExp(`^failed: "nothing" ${PLACE}: no token "nothing" \\(not-found\\); see .*tokens list`),
      new RegExp(`^failed: "b" \\(id 3\\) ${PLACE}: the state at the provider forbids this.* \\(conflict\\)`),
    ],
    last: /^1 done, 2 failed \("nothing", "b" \(id 3\)\), 0 unknown, 0 skipped at Devo/,
    code: 9,
    outcomes: ['done', 'failed', 'failed'],
  },
  'tokens disable, one cannot be looked up': {
    args: ['tokens', 'disable', 'a', 'b'],
    faults: ({ b }) => [`GET */${b} status:503`],
    lines: [
      /^disabled "a"/,
      /^unknown: the request to disable "b" \(id 3\) at Devo, profile devo, was accepted/,
    ],
    last: /^1 done, 0 failed, 1 unknown \("b" \(id 3\)\), 0 skipped at Devo/,
    code: 0,
    outcomes: ['done', 'unknown'],
  },
  'tokens revoke, the credential is rejected': {
    args: ['tokens', 'revoke', 'a', 'b'],
    faults: () => ['DELETE * status:401'],
    lines: [
      /^failed: "a" \(id 2\) at Devo, profile devo: .*\(auth\); .*keyturn login devo/,
      /^skipped: "b" \(id 3\) at Devo, profile devo: not tried: .*\(auth\)/,
    ],
    last: /^0 done, 1 failed \("a" \(id 2\)\), 0 unknown, 1 skipped \("b" \(id 3\)\) at Devo/,
    code: 4,
    outcomes: ['failed', 'skipped'],
  },
  'tokens rotate --all, the rest is not started': {
    args: [...ROTATE, '--max-failures', '1'],
    faults: () => ['POST * status:409 after:1'],
    lines: [
      /^rotated "a" \(id 2\) at Devo, profile devo; the old token/,
      /^failed: "b" \(id 3\) at Devo, profile devo: .*\(conflict\)/,
      /^skipped: "c" \(id 4\) at Devo, profile devo: not started.*\(cancelled\)/,
    ],
    last: /^1 done, 1 failed \("b" \(id 3\)\), 0 unknown, 1 skipped \("c" \(id 4\)\) at Devo/,
    code: 9,
    outcomes: ['done', 'failed', 'skipped'],
  },
  'tokens rotate --all with a grace': {
    args: [...ROTATE, '--old', '1h'],
    faults: () => [],
    lines: [/^waiting: "a" \(id 2\) at Devo, profile devo; the old token .* is valid until/, /"b"/, /"c"/],
    last: /^0 done, 3 waiting \("a" \(id 2\), "b" \(id 3\), "c" \(id 4\)\), 0 failed, 0 unknown, 0 skipped at/,
    code: 10,
    outcomes: ['waiting', 'waiting', 'waiting'],
  },
};

for (const format of ['human', 'json']) {
  test.each(Object.entries(CASES))(`%s: ${format}`, async (_, each) => {
    const rig = await rigWith(['a', 'b', 'c']);
    rig.sandbox.setFaults(each.faults(await idsOf(rig)));
    const { code, stdout, stderr } = await rig.run([...each.args, '--yes', '-o', format]);
    expect(code, stdout + stderr).toBe(each.code);
    if (format === 'json')
      return expect(JSON.parse(stdout).results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
        each.outcomes,
      );
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(each.lines.length);
    for (const [index, line] of each.lines.entries()) expect(lines[index]).toMatch(line);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(each.last);
    return undefined;
  });
}

test('rotations resume --all', async () => {
  const rig = await rigWith(['a', 'b', 'c']);
  await rig.must(['tokens', 'rotate', 'a', '--yes', '--old', '1h']).catch(() => undefined);
  rig.sandbox.setFaults(['DELETE * status:503']);
  for (const name of ['b', 'c']) expect((await rig.run(['tokens', 'rotate', name, '--yes'])).code).toBe(10);
  rig.sandbox.setFaults(['DELETE */4 status:403']);
  const { code, stdout, stderr } = await rig.run(['rotations', 'resume', '--all', '--yes', '-o', 'human']);
  const told = stdout.trimEnd().split('\n').sort();
  expect(told, stderr).toEqual([
    expect.stringMatching(/^done: rotate token "b" \(id 3\), operation \w+ at Devo, profile devo/),
    expect.stringMatching(
      /^pending: rotate token "c" \(id 4\), operation \w+ at Devo, .*keyturn rotations resume/,
    ),
    expect.stringMatching(/^waiting: rotate token "a" \(id 2\), operation \w+ at Devo, profile devo; due/),
  ]);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^1 done, 1 waiting \(rotate token "a" \(id 2\).*\), 1 pending \(rotate token "c" \(id 4\).*\), 0 failed, 0 unknown, 0 skipped$/,
  );
  expect(code).toBe(9);
});
