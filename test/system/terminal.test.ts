import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCanary } from '../support/canary.ts';
import { describeWithTerminal } from '../support/pty.ts';
import { createRig, type Rig } from './rig.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACE = '\u007f';
const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** Nothing of any secret that was typed or issued may reach the screen. */
function expectUnseen(rig: Rig, screen: string, ...more: readonly string[]): void {
  expect(createCanary([...rig.sandbox.secrets, ...more]).find(screen)).toBe(null);
}

const kept = (rig: Rig, file = 'credentials.yaml') =>
  readFileSync(join(rig.home.path, '.config/keyturn', file), 'utf8');

function expectRestored(rig: Rig): void {
  const [before, after] = ['before', 'after'].map((name) => readFileSync(join(rig.home.path, name), 'utf8'));
  expect(before).toMatch(/ echo /);
  expect(after).toBe(before);
}

const devo = (rig: Rig) => ['login', 'devo', '--url', rig.sandbox.origin, '--store', 'file'];

describeWithTerminal('at a terminal', () => {
  test('login asks for each setting, says what is needed and where it is made, and does not show the token', async () => {
    const rig = await createRig();
    const token = rig.sandbox.login('devo');
    const terminal = rig.terminal(devo(rig));
    await terminal.until('where the domain lives');
    terminal.type('us\r');
    await terminal.until('Devo domain');
    terminal.type(`acmx${BACKSPACE}e\r`);
    await terminal.until('Devo wants');
    await terminal.until(/Make one at https:\/\/\S+/);
    await terminal.until('Devo token: ');
    terminal.type(`wrong start${CTRL_U}${token.slice(0, 9)}?${BACKSPACE}${token.slice(9)}\r`);
    await terminal.until('logged in to Devo as profile "devo"');
    await terminal.until('next: `keyturn tokens create');
    expect(await terminal.end).toBe(0);
    expectUnseen(rig, terminal.seen());
    expect(kept(rig)).toContain(`secret: ${token}\n`);
    expect(kept(rig, 'config.yaml')).toContain('domain: acme');
  });

  test('a setting from an option or the environment is not asked for', async () => {
    const rig = await createRig({ KEYTURN_REGION: 'us' });
    const terminal = rig.terminal([...devo(rig), '--domain', 'acme']);
    await terminal.until('Devo token: ');
    expect(terminal.seen()).not.toMatch(/region|domain/i);
    terminal.type(`${rig.sandbox.login('devo')}\r`);
    expect(await terminal.end).toBe(0);
  });

  test.each([
    ['a pasted token', (token: string) => [pasted(token), '\r']],
    [
      'a pasted token with the line break that was copied with it',
      (token: string) => [pasted(`${token}\r`), '\r'],
    ],
    [
      'a paste cut anywhere',
      (token: string) => ['\u001b[20', `0~${token.slice(0, 5)}`, `${token.slice(5)}\u001b`, '[201~', '\r'],
    ],
    ['a paste without markers', (token: string) => [`${token}\r`]],
    [
      'keys that mean nothing here',
      (token: string) => ['\u001b[A\u001bOB', `\u001b[1;5C${token}\t`, '\u0001\r'],
    ],
  ])('%s is the token', async (_title, pieces) => {
    const rig = await createRig();
    const token = rig.sandbox.login('prefactor');
    const terminal = rig.terminal(['login', 'prefactor', '--url', rig.sandbox.origin, '--store', 'file']);
    await terminal.until('Prefactor token: ');
    for (const piece of pieces(token)) {
      terminal.type(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await terminal.end).toBe(0);
    expectUnseen(rig, terminal.seen());
    expect(kept(rig)).toContain(`secret: ${token}\n`);
  });

  test.each([
    ['between markers', `${pasted('-----BEGIN KEY-----\rc2VjcmV0LW9uZS1saW5l\rc2VjcmV0LXR3by1saW5l')}\r`],
    ['without markers', '-----BEGIN KEY-----\rc2VjcmV0LW9uZS1saW5l\rc2VjcmV0LXR3by1saW5l\r'],
  ])(
    'a paste of several lines is refused, shows nothing and leaves nothing for the shell (%s)',
    async (_title, paste) => {
      const rig = await createRig();
      const terminal = rig.shell(
        `$KEYTURN login prefactor --url ${rig.sandbox.origin} --store file; echo "code=$?"; read -r rest; echo "rest=<$rest>"`,
      );
      await terminal.until('Prefactor token: ');
      terminal.type(paste);
      await terminal.until('has several lines');
      await terminal.until('code=2');
      terminal.type('typed-later\r');
      await terminal.until('rest=<typed-later>');
      expect(await terminal.end).toBe(0);
      expectUnseen(rig, terminal.seen(), 'c2VjcmV0LW9uZS1saW5l', 'c2VjcmV0LXR3by1saW5l');
      expect(rig.sandbox.requests).toEqual([]);
      expect([...rig.home.files().keys()]).toEqual([]);
    },
  );

  test.each([
    ['Ctrl-C', CTRL_C, 130],
    ['Ctrl-D', CTRL_D, 3],
    ['Ctrl-C in the middle', `half-a-secret${CTRL_C}`, 130],
    ['an empty answer', '\r', 2],
  ])('%s at a hidden prompt ends it and puts the terminal back', async (_title, keys, code) => {
    const rig = await createRig();
    const terminal = rig.shell(
      `stty -a > before; $KEYTURN login prefactor --url ${rig.sandbox.origin} --store file; echo "code=$?"; stty -a > after`,
    );
    await terminal.until('Prefactor token: ');
    terminal.type(keys);
    await terminal.until(`code=${code}`);
    expect(await terminal.end).toBe(0);
    expectRestored(rig);
    expect(terminal.seen()).not.toContain('half-a-secret');
    // Bracketed paste was asked for, and let go of.
    expect(terminal.seen().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(
      terminal.seen().lastIndexOf('\u001b[?2004h'),
    );
    expect(rig.sandbox.requests).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 143],
  ] as const)('%s at a hidden prompt ends it and puts the terminal back', async (signal, code) => {
    const rig = await createRig();
    const terminal = rig.shell(
      `stty -a > before; $KEYTURN login prefactor --url ${rig.sandbox.origin} --store file; echo "code=$?"; stty -a > after`,
    );
    await terminal.until('Prefactor token: ');
    const [child] = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8').split(' ');
    process.kill(Number(child), signal);
    await terminal.until(`code=${code}`);
    await terminal.end;
    expectRestored(rig);
  });

  test('a dumb terminal gets no escape sequences', async () => {
    const rig = await createRig({ TERM: 'dumb' });
    const terminal = rig.terminal(['login', 'prefactor', '--url', rig.sandbox.origin, '--store', 'file']);
    await terminal.until('Prefactor token: ');
    terminal.type(`${rig.sandbox.login('prefactor')}\r`);
    expect(await terminal.end).toBe(0);
    expect(terminal.seen()).not.toContain('\u001b');
  });

  test('--no-input asks nothing, and names the option', async () => {
    const rig = await createRig();
    const terminal = rig.terminal([...devo(rig), '--no-input']);
    await terminal.until('--region');
    expect(await terminal.end).toBe(2);
    const second = rig.terminal(['login', 'prefactor', '--no-input', '--url', rig.sandbox.origin]);
    await second.until('--with-token');
    expect(await second.end).toBe(2);
    expect(rig.sandbox.requests).toEqual([]);
  });

  test('with stdin piped in from elsewhere nothing is asked on the terminal', async () => {
    const rig = await createRig();
    const terminal = rig.shell(
      `$KEYTURN login prefactor --url ${rig.sandbox.origin} --store file </dev/null; echo "code=$?"`,
    );
    await terminal.until('there is no terminal to ask on');
    await terminal.until('--with-token');
    await terminal.until('code=2');
  });

  test('a destructive verb asks: no is 3, Ctrl-C is 130, yes does it', async () => {
    const rig = await createRig();
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--store', 'file', '--with-token'],
      rig.sandbox.login('prefactor'),
    );
    await rig.must(['tokens', 'create', '--name', 'agent', '--save']);
    for (const [keys, code] of [
      ['n\r', 3],
      [`y${CTRL_C}`, 130],
      [CTRL_D, 3],
      ['y\r', 0],
    ] as const) {
      const changes = () => rig.sandbox.requests.filter((request) => request.method !== 'GET').length;
      const before = changes();
      const terminal = rig.terminal(['tokens', 'revoke', 'agent']);
      await terminal.until('[y/N] ');
      terminal.type(keys);
      expect(await terminal.end).toBe(code);
      expect(changes() - before).toBe(code === 0 ? 1 : 0);
    }
  });

  test('a new token is printed once, under a warning on stderr, where nothing says where it goes', async () => {
    const rig = await createRig();
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--store', 'file', '--with-token'],
      rig.sandbox.login('prefactor'),
    );
    const before = rig.sandbox.secrets.length;
    const terminal = rig.shell('$KEYTURN tokens create --name once 2> told; echo "code=$?"');
    await terminal.until('code=0');
    await terminal.end;
    // Its last part: what stands before is much alike in all tokens of this vendor.
    const issued = rig.sandbox.secrets[before]?.split('.').at(-1) ?? '';
    expect(issued.length).toBeGreaterThan(20);
    expect(terminal.seen().split(issued)).toHaveLength(2);
    const told = readFileSync(join(rig.home.path, 'told'), 'utf8');
    expect(told).toContain('not shown again');
    expect(told).not.toContain(issued);
    expect(rig.findInHome([issued])).toBe(null);
  });

  test('a new passphrase is asked for twice, and again whenever the file is opened', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'passphrase' });
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin];
    const answer = async (passphrases: readonly string[], isTaken = false) => {
      const terminal = rig.terminal(login);
      // The store comes first: a passphrase that is refused costs nobody a token typed in vain.
      for (const passphrase of passphrases) {
        await terminal.until(/passphrase[^:]*: /);
        terminal.type(`${passphrase}\r`);
      }
      if (isTaken) {
        await terminal.until('Prefactor token: ');
        terminal.type(`${rig.sandbox.login('prefactor')}\r`);
      }
      const code = await terminal.end;
      expectUnseen(rig, terminal.seen(), ...passphrases);
      return code;
    };
    expect(await answer(['correct horse battery', 'correct horse batterie'])).toBe(2);
    expect(await answer(['too few', 'too few'])).toBe(2);
    expect(rig.home.files().get('.config/keyturn/credentials.yaml')).toBe(undefined);
    expect(await answer(['correct horse battery', 'correct horse battery'], true)).toBe(0);
    const reading = rig.terminal(['credentials', 'get', 'prefactor', '--print', '--allow-managing']);
    await reading.until('the passphrase of the credentials file: ');
    reading.type('correct horse battery\r');
    await reading.until(rig.sandbox.login('prefactor'));
    expect(await reading.end).toBe(0);
    const wrong = rig.terminal(['credentials', 'get', 'prefactor', '--print', '--allow-managing']);
    await wrong.until('passphrase of');
    wrong.type('correct horse batterie\r');
    await wrong.until('the passphrase is wrong');
    expect(await wrong.end).toBe(4);
    expect(rig.findInHome([rig.sandbox.login('prefactor'), 'correct horse battery'])).toBe(null);
  });

  test.each(['data', 'y'])('a confirmation is asked for beside piped input (%s)', async (data) => {
    const rig = await createRig();
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--store', 'file', '--with-token'],
      rig.sandbox.login('prefactor'),
    );
    await rig.must(['tokens', 'create', '--name', 'agent', '--save']);
    for (const [keys, code] of [
      ['n\r', 3],
      [`y${CTRL_C}`, 130],
      ['y\r', 0],
    ] as const) {
      const terminal = rig.shell(`echo ${data} | $KEYTURN tokens revoke agent; echo "code=$?"`);
      await terminal.until('[y/N] ');
      terminal.type(keys);
      await terminal.until(`code=${code}`);
    }
  });

  test('a passphrase is asked for beside piped input, which goes to the program whole', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'passphrase' });
    const env = { KEYTURN_PASSPHRASE: 'correct horse battery' };
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
      rig.sandbox.login('prefactor'),
      env,
    );
    await rig.must(['tokens', 'create', '--name', 'agent', '--save'], undefined, env);
    const run = (more: string, redirect = '') =>
      `printf 'one\\ntwo\\n' | $KEYTURN run ${more} --env P=agent -- sh -c 'test -n "$P" && cat > got' ${redirect}; echo "code=$?"`;
    for (const redirect of ['', '2> told', '> told']) {
      const terminal = rig.shell(run('', redirect));
      await terminal.until('the passphrase of the credentials file: ');
      terminal.type('correct horse battery\r');
      await terminal.until('code=0');
      expectUnseen(rig, terminal.seen(), 'correct horse battery');
      expect(readFileSync(join(rig.home.path, 'got'), 'utf8')).toBe('one\ntwo\n');
    }
    const unattended: readonly (readonly [string, Record<string, string>])[] = [
      [run('--no-input'), {}],
      [run(''), { CI: 'true' }],
      [run('', '> told 2>&1'), {}],
    ];
    for (const [script, more] of unattended) {
      const alone = rig.shell(script, more);
      await alone.until('code=2');
    }
  });

  test('a credential may be typed in too', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    const terminal = rig.terminal(['credentials', 'import', 'typed']);
    await terminal.until('the secret: ');
    terminal.type('typed-secret-0123456789\r');
    expect(await terminal.end).toBe(0);
    expectUnseen(rig, terminal.seen(), 'typed-secret-0123456789');
    expect(kept(rig)).toContain('secret: typed-secret-0123456789\n');
  });

  test('a browser session’s cookie is typed without being seen', async () => {
    const rig = await createRig();
    const cookie = rig.sandbox.login('errova', 'session-cookie');
    const terminal = rig.terminal([
      'login',
      'errova',
      '--org',
      'acme-inc',
      '--url',
      rig.sandbox.origin,
      '--session',
      '--store',
      'file',
    ]);
    await terminal.until('session cookie: ');
    terminal.type(`${cookie}\r`);
    await terminal.until('the cookie was used once and is forgotten');
    expect(await terminal.end).toBe(0);
    expectUnseen(rig, terminal.seen());
    expect(rig.findInHome([cookie])).toBe(null);
  });
});
