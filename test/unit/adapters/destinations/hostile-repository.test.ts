import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const secret = Secret.of('tok_0123456789abcdefghij');

/** A repository whose configuration names programs; each leaves the file `RAN`. */
function hostileRig(env: Record<string, string> = {}) {
  const rig = destinationRig();
  const repo = join(rig.folder, 'repo');
  mkdirSync(repo, { mode: 0o700 });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repo, ...args], {
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], HOME: rig.folder },
    })
      .toString()
      .trim();
  const ran = rig.at('RAN');
  const script = rig.at('x.sh');
  writeFileSync(script, `#!/bin/sh\nenv > '${ran}'\n`);
  chmodSync(script, 0o755);
  git('init', '-q');
  git('config', 'user.email', 'a@b.c');
  git('config', 'user.name', 'x');
  const deps = { ...rig.deps, env: { ...rig.deps.env, KEYTURN_PASSPHRASE: 'correct-horse', ...env } };
  return { ...rig, deps, repo, git, ran, script, inRepo: (name: string) => join(repo, name) };
}

type HostileRig = ReturnType<typeof hostileRig>;

/** A sparse index that needs a folder which is not there: any look at the index fetches it. */
function makePartial({ git, repo }: HostileRig): void {
  mkdirSync(join(repo, 's/d'), { recursive: true });
  writeFileSync(join(repo, 's/d/f'), '1\n');
  writeFileSync(join(repo, 't'), '1\n');
  git('add', '.');
  git('commit', '-qm', 'x');
  git('sparse-checkout', 'init', '--cone', '--sparse-index');
  const tree = git('rev-parse', 'HEAD:s');
  rmSync(join(repo, '.git/objects', tree.slice(0, 2), tree.slice(2)));
  git('config', 'core.repositoryformatversion', '1');
  git('config', 'extensions.partialClone', 'origin');
  git('config', 'remote.origin.promisor', 'true');
}

const REMOTES: readonly (readonly [string, (rig: HostileRig) => void])[] = [
  ['ext::', ({ git, script }) => git('config', 'remote.origin.url', `ext::${script}`)],
  [
    'a local path with an upload-pack of its own',
    ({ git, script }) => {
      git('config', 'remote.origin.url', '/nowhere');
      git('config', 'remote.origin.uploadpack', script);
      git('config', 'protocol.file.allow', 'always');
    },
  ],
  [
    'ssh with a command of its own',
    ({ git, script }) => {
      git('config', 'remote.origin.url', 'ssh://host.invalid/x');
      git('config', 'core.sshCommand', script);
    },
  ],
  [
    'the git protocol with a proxy program',
    ({ git, script }) => {
      git('config', 'remote.origin.url', 'git://host.invalid/x');
      git('config', 'core.gitProxy', script);
    },
  ],
  [
    'a helper named by vcs',
    ({ git, script }) => {
      git('config', 'remote.origin.url', script);
      git('config', 'remote.origin.vcs', 'ext');
    },
  ],
  [
    'ext:: by way of insteadOf in an included file',
    ({ git, script, repo }) => {
      git('config', 'remote.origin.url', 'https://host.invalid/x');
      writeFileSync(
        join(repo, '.git/more'),
        `[url "ext::${script} "]\n\tinsteadOf = https://host.invalid/\n[protocol "ext"]\n\tallow = always\n`,
      );
      git('config', 'includeIf.gitdir:**.path', 'more');
    },
  ],
];

describe('A7: git is asked about a repository of a stranger', () => {
  it.each(REMOTES)('and fetches nothing from %s, whichever git it is', async (_, prepare) => {
    for (const knowsNoLazyFetch of [true, false]) {
      const rig = hostileRig();
      makePartial(rig);
      rig.git('config', 'protocol.allow', 'always');
      rig.git('config', 'protocol.ext.allow', 'always');
      prepare(rig);
      const deps = knowsNoLazyFetch ? rig.deps : { ...rig.deps, env: oldGit(rig) };
      const destination = parseDestination(`env:${rig.inRepo('.env')}#TOK`, deps);
      await destination.prove();
      await destination.deliver(secret);
      expect(existsSync(rig.ran), rig.notes.join()).toBe(false);
    }
  });

  it('would have been caught by this test: plain git runs the program', () => {
    const rig = hostileRig();
    makePartial(rig);
    rig.git('config', 'protocol.ext.allow', 'always');
    rig.git('config', 'remote.origin.url', `ext::${rig.script}`);
    expect(() => rig.git('ls-files', '--error-unmatch', '--', '.env')).toThrow();
    expect(existsSync(rig.ran)).toBe(true);
  });

  const PROGRAMS: readonly (readonly [string, (rig: HostileRig) => void])[] = [
    ['fsmonitor', ({ git, script }) => git('config', 'core.fsmonitor', script)],
    [
      'hooks',
      ({ git, repo, script }) => {
        git('config', 'core.hooksPath', repo);
        for (const name of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction'])
          execFileSync('cp', [script, join(repo, name)]);
      },
    ],
    [
      'an alias of the verb',
      ({ git, script }) => {
        git('config', 'alias.ls-files', `!${script}`);
        git('config', 'alias.check-ignore', `!${script}`);
      },
    ],
    [
      'a filter and a text conversion',
      ({ git, repo, script }) => {
        writeFileSync(join(repo, '.gitattributes'), '* filter=x diff=x text eol=crlf\n');
        for (const key of ['filter.x.clean', 'filter.x.smudge', 'filter.x.process', 'diff.x.textconv'])
          git('config', key, script);
        writeFileSync(join(repo, '.env'), 'A=1\n', { mode: 0o600 });
        execFileSync('git', [
          '-C',
          repo,
          'update-index',
          '--add',
          '--cacheinfo',
          `100644,${'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'},.env`,
        ]);
      },
    ],
    [
      'pager, editor, askpass, credential helper',
      ({ git, script }) => {
        for (const key of [
          'core.pager',
          'pager.ls-files',
          'core.editor',
          'core.askPass',
          'credential.helper',
        ])
          git('config', key, script);
      },
    ],
  ];

  it.each(PROGRAMS)('and runs no program of its configuration: %s', async (_, prepare) => {
    const rig = hostileRig();
    prepare(rig);
    const destination = parseDestination(`env:${rig.inRepo('.env')}#TOK`, rig.deps);
    await destination.prove();
    await destination.deliver(secret);
    expect(existsSync(rig.ran)).toBe(false);
  });

  it('and takes no variable of ours or of git along', async () => {
    const rig = hostileRig({
      GIT_DIR: '/nowhere',
      GIT_EXTERNAL_DIFF: '/nowhere',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.excludesFile',
      GIT_CONFIG_VALUE_0: '/dev/null',
      NODE_AUTH_TOKEN: 'not-for-git',
    });
    // A git of the person's own that shows what it was given.
    const bin = rig.at('bin');
    mkdirSync(bin);
    execFileSync('cp', [rig.script, join(bin, 'git')]);
    const path = `${bin}::.:relative:${process.env['PATH'] ?? ''}`;
    await parseDestination(`env:${rig.inRepo('.env')}#TOK`, {
      ...rig.deps,
      env: { ...rig.deps.env, PATH: path },
    }).prove();
    const seen = execFileSync('cat', [rig.ran]).toString();
    expect(seen).not.toMatch(
      /KEYTURN|NODE_AUTH|GIT_DIR|GIT_EXTERNAL|GIT_CONFIG_COUNT|^PATH=.*(::|:\.:|:relative)/m,
    );
    expect(seen).toContain('GIT_ALLOW_PROTOCOL=none');
    expect(seen).toContain('GIT_NO_LAZY_FETCH=1');
  });

  it('and still answers right, whatever GIT_DIR says', async () => {
    const rig = hostileRig({ GIT_DIR: '/nowhere', GIT_WORK_TREE: '/' });
    await parseDestination(`env:${rig.inRepo('.env')}#TOK`, rig.deps).prove();
    expect(rig.notes).toEqual([`"${rig.inRepo('.env')}" is not ignored by git: add it to .gitignore`]);
    writeFileSync(rig.inRepo('.gitignore'), '.env\n');
    await parseDestination(`env:${rig.inRepo('.env')}#TOK`, rig.deps).prove();
    expect(rig.notes).toHaveLength(1);
  });

  it('in a bare repository that lies in the folder itself, and in a submodule', async () => {
    const rig = hostileRig();
    const bare = rig.inRepo('bare');
    execFileSync('git', ['init', '-q', '--bare', bare]);
    execFileSync('git', ['-C', bare, 'config', 'core.fsmonitor', rig.script]);
    execFileSync('git', ['-C', bare, 'config', 'core.worktree', rig.repo]);
    execFileSync('git', ['init', '-q', rig.inRepo('sub')]);
    execFileSync('git', ['-C', rig.inRepo('sub'), 'config', 'core.fsmonitor', rig.script]);
    await parseDestination(`env:${rig.inRepo('sub')}/.env#TOK`, rig.deps).prove();
    // Refused before git is asked.
    await expect(parseDestination(`env:${bare}/.env#TOK`, rig.deps).prove()).rejects.toMatchObject({
      code: 'usage',
    });
    expect(existsSync(rig.ran)).toBe(false);
    expect(readdirSync(bare)).not.toContain('.env');
  });

  it.each(['*', ':(top)x', '-q', '--help', 'a[b]', '!x', '#x'])(
    'about a file that is called %s',
    async (name) => {
      const rig = hostileRig();
      writeFileSync(rig.inRepo('tracked'), '1\n');
      rig.git('add', 'tracked');
      await parseDestination(`file:${rig.inRepo(name)}`, rig.deps).prove();
      expect(rig.notes).toEqual([`"${rig.inRepo(name)}" is not ignored by git: add it to .gitignore`]);
    },
  );
});

/** A git that does not know `GIT_NO_LAZY_FETCH`. */
function oldGit(rig: HostileRig): Record<string, string | undefined> {
  const bin = rig.at('bin');
  mkdirSync(bin);
  const real = execFileSync('sh', ['-c', 'command -v git']).toString().trim();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec '${real}' "$@"\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return { ...rig.deps.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}
