import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/cli-process.ts';
import { killCase } from '../support/kill-case.ts';
import { type KillRig, makeRig, type Round } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import { type Strike, traceEffects } from '../support/kill-victim.ts';

/** A harness that finds nothing proves nothing: what it looks for is planted here, and must be found. */
describe('the harness notices', () => {
  let rig: KillRig;
  let afterIssue: Strike;

  beforeAll(async () => {
    const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
    if (!scenario) throw new Error('there is no such scenario');
    rig = await makeRig(scenario);
    const round = rig.begin();
    const effects = await traceEffects((trace) => round.strike({ kind: 'none' }, trace));
    round.end();
    const at = effects.findIndex(({ kind }) => kind === 'issue') + 1;
    afterIssue = { kind: 'effect', at, side: 'after' };
  });
  afterAll(() => rig.close());

  test('nothing where nothing is wrong', async () => {
    const report = await killCase(rig, afterIssue);
    expect(report).toMatchObject({ end: 'done', lost: 0, stranded: 0, leaked: 0, problems: [] });
  });

  test('a journal that is gone: the new token is stranded', async () => {
    const report = await killCase(rig, afterIssue, {
      spoil: ({ home }) => rmSync(join(home.path, '.local/state/keyturn/attempts'), { recursive: true }),
    });
    expect(report.stranded).toBe(1);
  });

  test('a secret in a file that nobody chose', async () => {
    const report = await killCase(rig, afterIssue, {
      spoil: (round) => writeFileSync(join(round.home.path, 'debug.log'), newSecret(round), { mode: 0o600 }),
    });
    expect(report.leaked).toBeGreaterThan(0);
  });

  test('a file that others can read', async () => {
    const report = await killCase(rig, afterIssue, {
      spoil: ({ home }) => writeFileSync(join(home.path, 'open'), '', { mode: 0o644 }),
    });
    expect(report.problems.join('\n')).toContain('"open" has the mode 644');
  });

  test('an old token that ended before the new one was kept', async () => {
    const report = await killCase(
      rig,
      { kind: 'effect', at: 1, side: 'before' },
      {
        spoil: () => endOld(rig),
      },
    );
    expect(report.lost).toBeGreaterThan(0);
  });

  /** As a rotation would that ends the old one too early. */
  function endOld({ world }: KillRig): void {
    const [, target] = world.sandbox.tokens('devo').filter(({ live }) => live);
    world.sandbox.handle({
      method: 'DELETE',
      path: `/ws/accounts/acme/credentials/tokens/${target?.id}`,
      rawPath: '',
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${world.login('devo')}` },
      body: new Uint8Array(),
    });
  }

  function newSecret(round: Round): string {
    return round.secrets().at(-1) ?? '';
  }
});

describe('the published command', () => {
  const files = readdirSync(join(ROOT, 'dist/cli'));
  /** By the comment that the bundler puts before each file; some packages kill their own process too. */
  const own = files.flatMap((name) =>
    readFileSync(join(ROOT, 'dist/cli', name), 'utf8')
      .split(/^(?=\/\/ \S+\.[cm]?[jt]s$)/m)
      .filter((part) => part.startsWith('// src/')),
  );

  test('holds nothing of the harness', () => {
    expect(own.length).toBeGreaterThan(300);
    for (const part of own)
      expect(part).not.toMatch(/kill-entry|KEYTURN_PROOF|Atomics|process\.kill\(process\.pid/);
  });

  test('has no way to ask for a hook: only a caller that passes its own runtime can hand one in', () => {
    expect(own.filter((part) => /decorate\s*:/.test(part))).toEqual([]);
  });
});
