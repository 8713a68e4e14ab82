import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { locateCommand } from '../../../../src/adapters/child/locate.ts';

function folderWith(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-locate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(folder, name), '', { mode: 0o755 });
  return folder;
}

test.each([
  ['npm', ['npm', 'npm.cmd'], 'batch-file'],
  ['npm.cmd', ['npm.cmd'], 'batch-file'],
  ['NPM.CMD', ['NPM.CMD'], 'batch-file'],
  ['deploy.bat', ['deploy.bat'], 'batch-file'],
  ['deploy', ['deploy.bat'], 'batch-file'],
  ['node', ['node.exe', 'node.cmd'], 'node.exe'],
  ['node.exe', ['node.exe'], 'node.exe'],
  ['mode', ['mode.com'], 'mode.com'],
  ['tool.v2', ['tool.v2.exe'], 'tool.v2.exe'],
  ['script', ['script.ps1'], 'not-found'],
  ['absent', [], 'not-found'],
])('D16 on Windows %s in a folder with %j is %s', async (command, names, expected) => {
  const folder = folderWith(...names);
  const located = await locateCommand(command, { Path: folder }, 'win32');
  expect(located).toEqual(
    expected.includes('.') ? { kind: 'found', path: join(folder, expected) } : { kind: expected },
  );
});
