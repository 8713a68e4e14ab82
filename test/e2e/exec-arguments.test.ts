import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const CANARY = 'hvs.CANARY777';
const LABEL = /exec:sh sha256:[0-9a-f]{16}/;
const CREATE = ['tokens', 'create', '--name', 'ci', ...DEVO];

/** A command that takes the secret once the file `ok` is there, and leaves `ran`. */
function commandOf(rig: InProcessRig, canary: string): string {
  const folder = rig.home.path;
  return `exec:sh -c 'cat >/dev/null; touch ${folder}/ran; test -e ${folder}/ok' '${canary}'`;
}

/** Everything that keyturn left on the disk. */
function filesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

async function createStopped(...more: string[]) {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const command = commandOf(rig, CANARY);
  const stopped = await rig.run([...CREATE, ...more, '--to', command]);
  expect(stopped.code).toBe(10);
  const operation = (await rig.must(['rotations', 'list', '-o', 'name'])).trim();
  return { rig, command, stopped, operation };
}

describe('A24: the arguments of an exec: destination', () => {
  test('are in no file and no output: only the program and a digest are', async () => {
    const { rig, command, stopped, operation } = await createStopped('--save', 'kept');
    const outputs = [stopped.stdout, stopped.stderr];
    const look = async (...args: string[]) => {
      const { stdout, stderr } = await rig.run(args);
      outputs.push(stdout, stderr);
    };
    await look('rotations', 'show', operation);
    await look('rotations', 'show', operation, '--json');
    await look('rotations', 'resume', operation);
    expect(filesOf(rig.home.path)).not.toContain(CANARY);
    writeFileSync(join(rig.home.path, 'ok'), '');
    await look('rotations', 'resume', operation, '--to', command);
    await look('rotations', 'list', '--all', '--json');
    await look('audit', 'list', '--json');
    await look('tokens', 'create', '--dry-run', '--name', 'b', ...DEVO, '--to', command);
    expect(outputs.join('\n')).not.toContain(CANARY);
    expect(outputs.join('\n')).toMatch(LABEL);
    expect(filesOf(rig.home.path)).not.toContain(CANARY);
    expect(filesOf(rig.home.path)).toMatch(LABEL);
  });

  test('must be given again to resume; the same ones keep every other destination', async () => {
    const { rig, command, operation } = await createStopped('--to', 'file:token');
    writeFileSync(join(rig.home.path, 'ok'), '');
    const without = await rig.run(['rotations', 'resume', operation]);
    expect(without.stderr).toContain(`rotations resume ${operation.slice(3)} --to 'exec:sh …'`);
    await rig.must(['rotations', 'resume', operation, '--to', command]);
    expect(readFileSync(join(rig.home.path, 'token'), 'utf8')).toBe(`${rig.sandbox.secrets.at(-1)}\n`);
    expect(await rig.must(['rotations', 'list', '-o', 'name'])).toBe('');
  });

  test('are asked for wherever the operation is told of, until they are not needed', async () => {
    const { rig, command, stopped, operation } = await createStopped('--to', 'exec:cat', '--save', 'kept');
    const id = operation.slice(3);
    const again = `keyturn rotations resume ${id} --to 'exec:sh …'`;
    for (const told of [
      stopped,
      await rig.run(['rotations', 'resume']),
      await rig.run(['rotations', 'show', operation]),
      await rig.run(['doctor']),
      await rig.run(['credentials', 'remove', 'kept', '--yes']),
      await rig.run(['tokens', 'rotate', 'kept', '--yes']),
    ])
      expect(told.stdout + told.stderr).toContain(again);
    expect((await rig.run(['rotations', 'resume', '--all'])).stdout).toContain("again with --to 'exec:sh …'");
    for (const json of [
      await rig.run(['rotations', 'resume', operation, '--json']),
      await rig.run(['rotations', 'show', operation, '--json']),
    ])
      expect(json.stdout + json.stderr).toContain(again);
    // As it stands, the command of the hint is only the beginning of one.
    const pasted = await rig.run(['rotations', 'resume', operation, '--to', 'exec:sh …']);
    expect(pasted).toMatchObject({ code: 2 });
    writeFileSync(join(rig.home.path, 'ok'), '');
    await rig.must(['rotations', 'resume', operation, '--to', command]);
  });

  test('are not asked for after the delivery', async () => {
    const rig = await createInProcessRig();
    await rig.loginDevo();
    await rig.must([...CREATE, '--save', 'ci']);
    const rotate = ['tokens', 'rotate', 'ci', '--old', '24h', '--to', 'exec:cat', '--yes'];
    expect(await rig.run(rotate)).toMatchObject({ code: 10 });
    const operation = (await rig.must(['rotations', 'list', '-o', 'name'])).trim();
    for (const args of [['rotations', 'show', operation], ['doctor']]) {
      const { stdout, stderr } = await rig.run(args);
      expect(stdout + stderr).toContain(`rotations resume ${operation.slice(3)}`);
      expect(stdout + stderr).not.toContain("--to 'exec");
    }
    await rig.must(['rotations', 'resume', operation, '--now', '--yes']);
  });

  test('may be others, when a person says so: the secret goes there instead', async () => {
    const { rig, operation } = await createStopped();
    const folder = rig.home.path;
    writeFileSync(join(folder, 'ok'), '');
    await rig.must(['rotations', 'resume', operation, '--to', `exec:sh -c 'cat >${folder}/other'`]);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe(rig.sandbox.secrets.at(-1));
    expect(existsSync(join(folder, 'token'))).toBe(false);
  });

  test('are no command when only their digest is given', async () => {
    const { rig, stopped } = await createStopped();
    const [label = ''] = LABEL.exec(stopped.stderr) ?? [];
    expect(await rig.run([...CREATE, '--to', label])).toMatchObject({ code: 2 });
  });
});
