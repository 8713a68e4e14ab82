import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/adapters/http/choose-client.ts';
import { createCanary, findInFiles } from '../support/canary.ts';
import { BUILT, keyturn, ROOT, runProgram, type SpawnResult } from '../support/cli-process.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { createTestHome, type TestHome } from '../support/temp.ts';

// The built command in a real shell, with real pipes and signals.
let home: TestHome;
let sandbox: TestSandbox;
let ran: SpawnResult[];
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  home = createTestHome();
  sandbox = await startTestSandbox();
  ran = [];
  env = {
    ...home.env,
    KEYTURN: BUILT,
    NODE: process.execPath,
    KEYTURN_PROVIDER: 'prefactor',
    KEYTURN_URL: sandbox.origin,
    KEYTURN_TOKEN: sandbox.login('prefactor'),
    LOGIN: sandbox.login('prefactor'),
  };
});

// After every command of every test: no secret on stderr, in a command line, or in a file nobody chose.
afterEach(async () => {
  const canary = createCanary(sandbox.secrets);
  for (const { stderr, commandLines } of ran) {
    expect(canary.find(stderr)).toBeNull();
    expect(canary.find(commandLines.join('\n'))).toBeNull();
    expect(stderr).not.toMatch(/^ {4}at /m);
  }
  expect(
    findInFiles(canary, home, (path) => path === 'chosen' || path.endsWith('/credentials.yaml')),
  ).toBeNull();
  home.remove();
  await sandbox.close();
});

async function bash(script: string): Promise<SpawnResult> {
  const text = `set -o pipefail\nkeyturn() { "$NODE" "$KEYTURN" "$@"; }\n${script}`;
  const result = await runProgram('bash', ['-c', text], { env, cwd: home.path });
  ran.push(result);
  return result;
}

/** The published command chooses Node's client for its first requests. */
const programOf = (client: string): string =>
  client === 'node' ? BUILT : join(ROOT, 'test', 'support', 'client-entry.mjs');

describe.each(CLIENTS)('pipes, through %s', (client) => {
  beforeEach(() => {
    env = { ...env, KEYTURN: programOf(client), TEST_CLIENT: client };
  });

  test('TOKEN=$(… --print) is the secret and nothing else', async () => {
    const { code, stdout, stderr } = await bash(
      'TOKEN=$(keyturn tokens create --name ci --print) || exit; printf "[%s]" "$TOKEN"',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: `[${sandbox.secrets.at(-1)}]` });
    expect(stderr).toContain('"ci"');
  });

  test('5,000 tokens go through a JSON reader, a hundred a page', async () => {
    sandbox.seedTokens('prefactor', 5_000);
    const count =
      'process.stdin.setEncoding("utf8"); let t=""; process.stdin.on("data",c=>t+=c).on("end",()=>console.log(JSON.parse(t).tokens.length))';
    const { code, stdout } = await bash(`keyturn tokens list --json | "$NODE" -e '${count}'`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '5001\n' });
    const pages = sandbox.requests.filter((each) => each.path === '/api/v1/api_token');
    expect(pages.length).toBe(51);
    expect(
      pages.every((each) => new URLSearchParams(each.query).get('pagination[page_size]') === '100'),
    ).toBe(true);
  });

  test.skipIf(!isHere('jq'))('jq reads it', async () => {
    sandbox.seedTokens('bluebricks', 250);
    env = { ...env, KEYTURN_PROVIDER: 'bluebricks', KEYTURN_TOKEN: sandbox.login('bluebricks') };
    const { code, stdout } = await bash(`keyturn tokens list --json | jq '(.tokens | length), .schema'`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '250\n"keyturn.tokens/1"\n' });
    expect(sandbox.requests.map((each) => each.query)).toEqual([
      'offset=0&limit=100',
      'offset=100&limit=100',
      'offset=200&limit=100',
    ]);
  });

  test('a reader that has seen enough is no failure', async () => {
    sandbox.seedTokens('prefactor', 3_000);
    for (const format of ['tsv', 'ndjson', 'json', 'human']) {
      const { code, stdout, stderr } = await bash(
        `keyturn tokens list -o ${format} | head -1; echo "$? \${PIPESTATUS[*]}"`,
      );
      expect(code).toBe(0);
      expect(stderr.replace(/^.*ends at.*\n/gm, '')).toBe('');
      expect(stdout.split('\n')).toHaveLength(3);
    }
  }, 60_000);

  test('what -o name prints goes back in', async () => {
    sandbox.seedTokens('prefactor', 3);
    const { code, stdout } = await bash(
      'keyturn tokens list -o name | tail -2 | xargs "$NODE" "$KEYTURN" tokens disable --yes',
    );
    expect(code).toBe(0);
    expect(stdout.match(/disabled/g)).toHaveLength(2);
  });
});

describe('a secret that cannot be written', () => {
  test.skipIf(!existsSync('/dev/full'))('a full disk behind stdout loses nothing', async () => {
    const { code, stderr } = await bash('keyturn tokens create --name ci --print > /dev/full');
    expect(code).toBe(10);
    expect(stderr).toContain('keyturn rotations resume');
    const resumed = await bash('keyturn rotations resume --to file:chosen && keyturn rotations list');
    expect({ code: resumed.code, stdout: resumed.stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(join(home.path, 'chosen'), 'utf8')).toBe(`${sandbox.secrets.at(-1)}\n`);
  });

  test('a closed pipe loses nothing', async () => {
    const { stderr } = await bash(
      `keyturn tokens create --name ci --print --json | true; echo "\${PIPESTATUS[0]}" >&2`,
    );
    expect(stderr).toMatch(/^10$/m);
    const { stdout, code } = await bash(
      'TOKEN=$(keyturn rotations resume --print) && printf "[%s]" "$TOKEN"',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: `[${sandbox.secrets.at(-1)}]` });
  });

  test.skipIf(!existsSync('/dev/full'))('a list that cannot be written says so', async () => {
    const { code, stderr } = await bash('keyturn tokens list > /dev/full');
    expect(code).toBe(1);
    expect(stderr).toContain('the output could not be written');
  });
});

describe('files', () => {
  test('are private, whatever the umask says', async () => {
    const { code } = await bash(
      'umask 000; unset KEYTURN_TOKEN KEYTURN_PROVIDER; ORIGIN=$KEYTURN_URL; unset KEYTURN_URL; mkdir chosen.d; ' +
        'keyturn login prefactor --url "$ORIGIN" --with-token --store file <<< "$LOGIN" && keyturn tokens create --name ci --to file:chosen',
    );
    expect(code).toBe(0);
    const loose = execFileSync(
      'find',
      [join(home.path), '-mindepth', '1', '-perm', '/077', '-printf', '%P\n'],
      {
        encoding: 'utf8',
      },
    );
    // Folders above ours are everybody's and made as the umask says; `chosen.d` shows that this looks at all.
    expect(
      loose
        .trim()
        .split('\n')
        .filter((path) => !['.config', '.local', '.local/state', '.cache'].includes(path)),
    ).toEqual(['chosen.d']);
  });
});

describe('the sandbox', () => {
  test('prints lines that log in to it, and stops when asked to', async () => {
    const script = [
      'unset KEYTURN_TOKEN KEYTURN_PROVIDER KEYTURN_URL; export KEYTURN_STORE=file',
      '"$NODE" "$KEYTURN" sandbox > out & ',
      'for i in $(seq 100); do grep -q bluebricks out && break; sleep 0.1; done',
      'grep "^  echo" out > lines; . ./lines >&2; keyturn profiles list -o name; kill -INT $!; wait $!; echo "ended with $?"; rm out lines',
    ];
    const { stdout } = await bash(script.join('\n'));
    expect(stdout).toBe('errova\nerrova-session\ndevo\nprefactor\nbluebricks\nended with 0\n');
  });
});

describe.each(CLIENTS)('signals before anything was sent, through %s', (client) => {
  beforeEach(() => {
    env = { ...env, KEYTURN: programOf(client), TEST_CLIENT: client };
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends with %i', async (signal, code) => {
    sandbox.setFaults(['GET * slow:20000']);
    const running = keyturn(['tokens', 'list'], {
      env,
      cwd: home.path,
      program: programOf(client),
      onStart: (pid) => void whenAsked().then(() => process.kill(pid, signal)),
    });
    const result = await running;
    ran.push(result);
    expect({ code: result.code, signal: result.signal, stdout: result.stdout }).toEqual({
      code,
      // A shell shows the code, and ends its loop only for the signal.
      signal,
      stdout: '',
    });
  });

  /** Resolves once the request has arrived: the process is then surely past its start. */
  async function whenAsked(): Promise<void> {
    for (let tries = 0; tries < 400 && sandbox.requests.length === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
  }
});

test('SIGINT while it waits for its input', async () => {
  const result = await runProgram(
    'bash',
    [
      '-c',
      'sleep 3 2>&- | "$NODE" "$KEYTURN" login devo --region us --domain acme --url "$KEYTURN_URL" --with-token & sleep 1; kill -INT $!; wait $!',
    ],
    {
      env: { ...env, KEYTURN_TOKEN: undefined, KEYTURN_URL: sandbox.origin },
      cwd: home.path,
    },
  );
  ran.push(result);
  // A background job of a shell without job control ignores SIGINT by its parent's will; ours listens to it.
  expect(result.code).toBe(130);
  expect(sandbox.requests).toHaveLength(0);
});

describe('every level of talk', () => {
  test.each([
    ['--verbose', {}],
    ['--verbose', { DEBUG: '*' }],
    ['--quiet', { DEBUG: 'fetch,stream' }],
  ])('%s with %o tells no secret', async (flag, more) => {
    env = { ...env, ...more };
    const { code } = await bash(
      `keyturn tokens create --name ci --to file:chosen ${flag} && keyturn whoami ${flag}`,
    );
    expect(code).toBe(0);
  });
});

describe('an option that is no option', () => {
  test.each(['tokens list', 'login devo', 'whoami', 'credentials import x', 'run'])(
    '%s --token',
    async (command) => {
      const secret = 'Canary-5f2c8a1b7d3e9046';
      // What `run` shall run is its business to tell when it is not there.
      const bare = command === 'run' ? [] : [secret];
      for (const words of [`--token ${secret}`, `--token=${secret}`, `--password=${secret}`, ...bare]) {
        const { code, stdout, stderr } = await keyturn([...command.split(' '), ...words.split(' ')], {
          env: home.env,
          cwd: home.path,
        });
        expect(code).toBeGreaterThan(0);
        expect(createCanary([secret]).find(stdout + stderr)).toBeNull();
      }
    },
  );
});

function isHere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
