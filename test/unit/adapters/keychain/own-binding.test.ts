import { spawnSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../../../support/cli-process.ts';

const MODULES = fileURLToPath(new URL('../../../../node_modules/@napi-rs', import.meta.url));
/** `keyring-linux-x64-gnu` */
const LIBRARY = readdirSync(MODULES).find((name) => name.startsWith('keyring-')) ?? '';

/** As `npm run build` has made it. */
const PROGRAM = 'dist/cli/keychain-child.cjs';

let base: string;
beforeEach(() => {
  // On the disk of the packages, so that the library can be linked. No folder above has one of this name.
  mkdirSync(join(ROOT, '.tmp'), { recursive: true });
  base = realpathSync(mkdtempSync(join(ROOT, '.tmp', 'layout-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), content);
}

/** `keyturn` itself, in this folder. */
function own(folder: string): void {
  put(`${folder}/package.json`, '{"name":"keyturn","version":"1.0.0","type":"module"}');
  mkdirSync(join(base, folder, dirname(PROGRAM)), { recursive: true });
  cpSync(join(ROOT, PROGRAM), join(base, folder, PROGRAM));
}

/** The package without its native library; its loader would find the library in every parent folder. */
function keyring(scope: string): void {
  for (const part of ['package.json', 'index.js']) {
    mkdirSync(join(base, scope, 'keyring'), { recursive: true });
    cpSync(join(MODULES, 'keyring', part), join(base, scope, 'keyring', part));
  }
}

function library(scope: string): void {
  mkdirSync(join(base, scope, LIBRARY), { recursive: true });
  for (const part of readdirSync(join(MODULES, LIBRARY)).filter((name) =>
    /\.node$|package\.json$/.test(name),
  ))
    linkSync(join(MODULES, LIBRARY, part), join(base, scope, LIBRARY, part));
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  symlinkSync(join(base, target), join(base, path));
}

/** What the program of this installation tells of its binding. */
function ask(folder: string, more: Readonly<Record<string, string>> = {}): unknown {
  const child = join(base, folder, PROGRAM);
  const env = { ...process.env, ...more };
  const done = spawnSync(process.execPath, [child], {
    cwd: base,
    env,
    input: '{"operation":"version"}',
    encoding: 'utf8',
  });
  return JSON.parse(done.stdout);
}

const FOUND = { ok: true, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) };
const NOT_INSTALLED = { ok: false, reason: 'not-installed' };

describe('A28 the binding of this very installation', () => {
  test('in keyturn’s own node_modules, as npm installs it globally', () => {
    own('lib/node_modules/keyturn');
    keyring('lib/node_modules/keyturn/node_modules/@napi-rs');
    library('lib/node_modules/keyturn/node_modules/@napi-rs');
    expect(ask('lib/node_modules/keyturn')).toEqual(FOUND);
  });

  test('beside keyturn, as npm installs it in a project', () => {
    own('project/node_modules/keyturn');
    keyring('project/node_modules/@napi-rs');
    library('project/node_modules/@napi-rs');
    expect(ask('project/node_modules/keyturn')).toEqual(FOUND);
  });

  test('in a clone', () => {
    own('clone');
    keyring('clone/node_modules/@napi-rs');
    library('clone/node_modules/@napi-rs');
    expect(ask('clone')).toEqual(FOUND);
  });

  test('through pnpm’s links', () => {
    const store = 'project/node_modules/.pnpm';
    own(`${store}/keyturn@1.0.0/node_modules/keyturn`);
    keyring(`${store}/@napi-rs+keyring@2.1.2/node_modules/@napi-rs`);
    library(`${store}/@napi-rs+library@2.1.2/node_modules/@napi-rs`);
    link(
      `${store}/keyturn@1.0.0/node_modules/@napi-rs/keyring`,
      `${store}/@napi-rs+keyring@2.1.2/node_modules/@napi-rs/keyring`,
    );
    link(
      `${store}/@napi-rs+keyring@2.1.2/node_modules/@napi-rs/${LIBRARY}`,
      `${store}/@napi-rs+library@2.1.2/node_modules/@napi-rs/${LIBRARY}`,
    );
    expect(ask(`${store}/keyturn@1.0.0/node_modules/keyturn`)).toEqual(FOUND);
  });

  test('beside one for another system, and one that does not load', () => {
    own('clone');
    keyring('clone/node_modules/@napi-rs');
    put('clone/node_modules/@napi-rs/keyring-aix-ppc64/keyring.aix-ppc64.node', 'x');
    const start = `keyring-${process.platform}-${process.arch}`;
    put(`clone/node_modules/@napi-rs/${start}-aaa/keyring.node`, 'no library');
    library('clone/node_modules/@napi-rs');
    expect(ask('clone')).toEqual(FOUND);
  });
});

describe('A28 a binding from elsewhere is not taken', () => {
  test.each<[string, string, () => void]>([
    [
      'the parent folder of a clone',
      'par/clone',
      () => {
        keyring('par/node_modules/@napi-rs');
        library('par/node_modules/@napi-rs');
      },
    ],
    [
      'the folder above the project',
      'par/project/node_modules/keyturn',
      () => {
        keyring('par/node_modules/@napi-rs');
        library('par/node_modules/@napi-rs');
      },
    ],
    [
      'the native library alone, above the project',
      'par/project/node_modules/keyturn',
      () => {
        keyring('par/project/node_modules/@napi-rs');
        library('par/node_modules/@napi-rs');
      },
    ],
    [
      'a link out of the installation',
      'par/clone',
      () => {
        keyring('evil/@napi-rs');
        library('evil/@napi-rs');
        link('par/clone/node_modules/@napi-rs', 'evil/@napi-rs');
      },
    ],
    [
      'a linked library',
      'par/clone',
      () => {
        keyring('par/clone/node_modules/@napi-rs');
        library('evil/@napi-rs');
        link(`par/clone/node_modules/@napi-rs/${LIBRARY}`, `evil/@napi-rs/${LIBRARY}`);
      },
    ],
    [
      'another package of the name in the current folder',
      'par/clone',
      () => {
        own('here');
        keyring('here/node_modules/@napi-rs');
        library('here/node_modules/@napi-rs');
      },
    ],
  ])('%s', (_, folder, plant) => {
    own(folder);
    plant();
    expect(ask(folder)).toEqual(NOT_INSTALLED);
    // Nor by a variable of Node's, or of the binding's loader.
    const native = join(
      MODULES,
      LIBRARY,
      readdirSync(join(MODULES, LIBRARY)).find((name) => name.endsWith('.node')) ?? '',
    );
    const variables = { NODE_PATH: dirname(MODULES), NAPI_RS_NATIVE_LIBRARY_PATH: native };
    expect(ask(folder, variables)).toEqual(NOT_INSTALLED);
  });
});
