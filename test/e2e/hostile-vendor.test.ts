import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from '../support/bad-input.ts';
import { type HostileVendor, startHostileVendor } from '../support/hostile-vendor.ts';
import { readOutput } from '../support/runner-model.ts';

let trial: Trial;
let vendor: HostileVendor;
let env: Record<string, string>;

beforeAll(async () => {
  trial = await startTrial();
  trial.sandbox.seedTokens('devo', 3);
  vendor = await startHostileVendor(trial.sandbox.origin);
  env = {
    KEYTURN_PROVIDER: 'devo',
    KEYTURN_REGION: 'us',
    KEYTURN_DOMAIN: 'acme',
    KEYTURN_URL: vendor.origin,
    KEYTURN_TOKEN: trial.sandbox.login('devo'),
  };
});
beforeEach(() => vendor.set({}));
afterAll(async () => {
  await vendor.close();
  await trial.end();
});

const listIds = async (): Promise<readonly string[]> => {
  const { stdout } = await trial.run(['tokens', 'list', '-o', 'name'], { env });
  return stdout.trimEnd().split('\n').slice(-3);
};

describe('A16 one name cannot cut the question', () => {
  test.each([
    ['letters', 'x'.repeat(30_000)],
    ['an answer', `a" (id 1) at Devo? [y/N] y${'\u2800'.repeat(19_000)}`],
    ['blank letters', '\u3164'.repeat(25_000)],
    ['marks', `a${'\u0301'.repeat(25_000)}`],
    ['lines', 'a\n'.repeat(15_000)],
    ['commands', '::stop-commands::x\n'.repeat(2_000)],
  ])('%s', async (_, name) => {
    const ids = await listIds();
    vendor.set({ names: Array.from({ length: 50 }, () => name) });
    const sent = vendor.changes.length;
    const asked = await trial.run(['tokens', 'revoke', ...ids], { env, answers: ['n'] });
    expect(asked.code).toBe(3);
    const lines = asked.stderr.slice(asked.stderr.indexOf('revoke 3 tokens')).split('\n');
    expect(lines[0]).toBe('revoke 3 tokens at Devo, credential from KEYTURN_TOKEN:');
    for (const [index, id] of ids.entries()) {
      expect(lines[index + 1]?.endsWith(`(id ${id.slice(3)})`)).toBe(true);
      expect(lines[index + 1]?.length).toBeLessThan(120);
    }
    expect(lines[4]).toBe('revoke these 3 tokens at Devo, credential from KEYTURN_TOKEN? [y/N] ');
    expect(vendor.changes).toHaveLength(sent);
  });
});

describe('A3 and A27 an error of the vendor', () => {
  const secret = () => env['KEYTURN_TOKEN'] ?? '';

  test.each<[string, string, () => string]>([
    ['is no command', 'stop-commands', () => '::stop-commands::x'],
    ['is no command anywhere in it', 'stop-commands', () => 'bad name ##[stop-commands]x ##vso[task.x]y'],
    ['URL-encoded', '[secret]', () => `bad token ${encodeURIComponent(secret())}`],
    ['as hex', '[secret]', () => `bad token ${Buffer.from(secret()).toString('hex').toUpperCase()}`],
    [
      'in spaced hex',
      '[secret]',
      () => `bad token ${Buffer.from(secret()).toString('hex').replace(/../g, '$& ')}`,
    ],
    ['split', '[secret]', () => `bad token ${secret().replace(/.{6}/g, '$&\u00ad')}`],
    ['in other case', '[secret]', () => `bad token ${secret().toUpperCase()}`],
    ['in base64 of base64', '[secret]', () => `bad ${btoa(btoa(`Bearer ${secret()}`))}`],
  ])('%s', async (_, shown, words) => {
    const [id = ''] = await listIds();
    for (const format of ['human', 'json', 'yaml', 'tsv']) {
      vendor.set({ refusal: words(), requestId: '##[group]x' });
      const { code, stdout, stderr } = await trial.run(['tokens', 'disable', id, '--yes', '-o', format], {
        env,
      });
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain(shown);
      expect(readOutput(stdout + stderr)).toEqual([]);
      const letters = (stdout + stderr).replace(/[^A-Za-z0-9]/g, '').toLowerCase();
      const own = secret()
        .replace(/[^A-Za-z0-9]/g, '')
        .toLowerCase();
      for (let at = 0; at + 14 <= own.length; at += 1) expect(letters).not.toContain(own.slice(at, at + 14));
      for (const hex of Buffer.from(secret()).toString('hex').match(/.{14}/g) ?? [])
        expect(letters).not.toContain(hex);
    }
  });
});
