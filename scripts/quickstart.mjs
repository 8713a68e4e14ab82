// `npm run quickstart`: installs, builds, and lives through the life of a token with each vendor on the built-in
// sandbox, through the command that people use. Everything happens in a temporary home and is gone afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, ensureInstalled, fail, firstLine, ROOT } from './lib.mjs';

// A test runs it on what is built already.
if (!process.argv.includes('--built')) {
  ensureInstalled();
  await build();
}

const KEYTURN = join(ROOT, 'bin', 'keyturn.js');
const home = mkdtempSync(join(tmpdir(), 'keyturn-quickstart-'));
// Only what a command needs: nothing of the caller's own keyturn, vendors or CI leaks in.
const env = {
  PATH: process.env.PATH,
  HOME: home,
  TERM: process.env.TERM ?? 'dumb',
  NO_COLOR: process.env.NO_COLOR,
  // Written at the end of a process, when the home is on its way out.
  NODE_DISABLE_COMPILE_CACHE: '1',
};
const sandbox = spawn(process.execPath, [KEYTURN, 'sandbox', '--json'], {
  cwd: home,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const clean = () => {
  sandbox.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
};
process.on('exit', clean);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const { origin, logins } = JSON.parse(await firstLine(sandbox.stdout));
const login = (provider, scheme = 'bearer') =>
  logins.find((each) => each.provider === provider && each.scheme === scheme);

title(`The sandbox plays all four vendors at ${origin}`);

chapter('Errova: a browser session creates a machine token; tokens, projects and DSN keys');
keyturn(
  ['login', 'errova', '--org', 'acme-inc', '--url', origin, '--session', '--store', 'file'],
  login('errova', 'session-cookie').secret,
);
keyturn(['whoami', '-o', 'human']);
keyturn(
  ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--save'],
  login('errova', 'session-cookie').secret,
);
keyturn(['tokens', 'list', '-o', 'human']);
keyturn(['tokens', 'rotate', 'ci', '--yes']);
keyturn(['projects', 'create', '--name', 'Web App', '--platform', 'nextjs', '-o', 'human']);
keyturn([
  'keys',
  'create',
  '--project',
  'web-app',
  '--name',
  'backend',
  '--to',
  'env:.env#ERROVA_DSN_SECRET',
  '-o',
  'human',
]);
keyturn(['keys', 'expire', 'backend', '--project', 'web-app', '--in', '30d', '-o', 'human']);
keyturn([
  'keys',
  'rotate',
  'backend',
  '--project',
  'web-app',
  '--to',
  'env:.env#ERROVA_DSN_SECRET',
  '--yes',
  '-o',
  'human',
]);
keyturn(['keys', 'list', '--project', 'web-app', '-o', 'human']);
keyturn(['projects', 'list', '-o', 'human']);
keyturn(['tokens', 'revoke', 'ci', '--yes', '-o', 'human']);

chapter('Devo: create, read back, disable, rename, rotate, delete');
keyturn(
  ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin, '--with-token'],
  login('devo').secret,
);
const devo = ['-p', 'devo'];
keyturn([
  'tokens',
  'create',
  '--name',
  'etl',
  '--user',
  'ci@example.com',
  '--audience',
  'apiv2',
  '--scope',
  'table://my.app',
  '--scope',
  'level://admin',
  '--save',
  ...devo,
]);
keyturn(['tokens', 'get', 'etl', '-o', 'human', ...devo]);
keyturn(['tokens', 'disable', 'etl', '--yes', '-o', 'human', ...devo]);
keyturn(['tokens', 'enable', 'etl', '-o', 'human', ...devo]);
keyturn(['tokens', 'rename', 'etl', 'nightly', '-o', 'human', ...devo]);
keyturn(['tokens', 'rotate', 'nightly', '--dry-run', '-o', 'human', ...devo]);
keyturn(['tokens', 'rotate', 'nightly', '--yes', '-o', 'human', ...devo]);
keyturn(['tokens', 'list', '-o', 'human', ...devo]);
keyturn(['tokens', 'delete', idOf('etl'), '--yes', '-o', 'human', ...devo]);

chapter(
  'Prefactor: no names at the vendor, so keyturn remembers one; suspend, activate, rotate with a grace, revoke, delete',
);
keyturn(['login', 'prefactor', '--url', origin, '--with-token'], login('prefactor').secret);
const prefactor = ['-p', 'prefactor'];
keyturn(['tokens', 'create', '--name', 'agent', '--expires-in', '30d', '--save', ...prefactor]);
keyturn(['tokens', 'disable', 'agent', '--yes', '-o', 'human', ...prefactor]);
keyturn(['tokens', 'enable', 'agent', '-o', 'human', ...prefactor]);
keyturn(['tokens', 'rotate', 'agent', '--yes', '-o', 'human', ...prefactor]);
keyturn(['tokens', 'list', '-o', 'human', ...prefactor]);
keyturn(['tokens', 'revoke', 'agent', '--yes', '-o', 'human', ...prefactor]);
keyturn(['tokens', 'delete', 'agent', '--yes', '-o', 'human', ...prefactor]);

chapter('Bluebricks: addressed by name, never deleted; what a vendor cannot do says so (exit 8)');
keyturn(['login', 'bluebricks', '--url', origin, '--with-token'], login('bluebricks').secret);
const bluebricks = ['-p', 'bluebricks'];
keyturn(['tokens', 'create', '--name', 'deploy', '--save', ...bluebricks]);
keyturn(['tokens', 'rotate', 'deploy', '--yes', '-o', 'human', ...bluebricks]);
keyturn(['tokens', 'list', '-o', 'human', ...bluebricks]);
keyturn(['tokens', 'enable', 'name:deploy', '-o', 'human', ...bluebricks]);
keyturn(['tokens', 'disable', 'name:deploy', '--yes', '-o', 'human', ...bluebricks]);
keyturn(['tokens', 'delete', 'deploy', '--yes', ...bluebricks], undefined, 8);

chapter('What all that left here');
keyturn(['credentials', 'list', '-o', 'human']);
keyturn(['rotations', 'list']);
keyturn(['audit', 'verify', '-o', 'human']);

clean();
title(`Everything worked, and nothing is left behind. Next:

  1. keep the sandbox running and try your own scripts on it:
       node bin/keyturn.js sandbox
  2. log in to a vendor for real:
       node bin/keyturn.js login errova --org YOUR-ORG      (or devo, prefactor, bluebricks)`);

/** Shows a command, runs it, shows what it really says; ends everything when it ends otherwise than it should. */
function keyturn(args, input, expected = 0) {
  console.log(`\n$ ${input === undefined ? '' : 'echo "$SECRET" | '}keyturn ${args.map(quote).join(' ')}`);
  const done = spawnSync(process.execPath, [KEYTURN, ...args], {
    cwd: home,
    env,
    input: input ?? '',
    encoding: 'utf8',
    timeout: 30_000,
  });
  process.stdout.write(done.stdout);
  process.stdout.write(done.stderr);
  if (done.status !== expected)
    fail(`\nthe quickstart stopped: exit code ${done.status} instead of ${expected}`);
  if (expected !== 0) console.log(`(exit code ${done.status})`);
}

/** The id that a kept credential has now: a rotation gives it a new one. */
function idOf(credential) {
  const done = spawnSync(process.execPath, [KEYTURN, 'credentials', 'get', credential, '--json'], {
    cwd: home,
    env,
    encoding: 'utf8',
  });
  return `id:${JSON.parse(done.stdout).credential.id}`;
}

function quote(text) {
  return /^[\w@%+=:,./#-]+$/.test(text) ? text : `'${text}'`;
}

function chapter(text) {
  console.log(`\n\n── ${text}`);
}

function title(text) {
  console.log(`\n${text}`);
}
