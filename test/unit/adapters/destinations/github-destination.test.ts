import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const secret = Secret.of('tok_0123456789abcdef');

function runner() {
  const rig = destinationRig();
  writeFileSync(rig.at('out'), 'A=1');
  const deps = {
    ...rig.deps,
    env: { ...rig.deps.env, GITHUB_OUTPUT: rig.at('out'), GITHUB_ENV: rig.at('out') },
  };
  return { ...rig, deps, text: () => readFileSync(rig.at('out'), 'utf8') };
}

describe('github destinations', () => {
  it('appends a block between marks that nobody can guess', async () => {
    const rig = runner();
    const destination = parseDestination('github-output:token', rig.deps);
    await destination.prove();
    expect(rig.text()).toBe('A=1');
    await destination.deliver(secret);
    expect(rig.text()).toMatch(/^A=1\ntoken<<(keyturn_[0-9a-f]{36})\ntok_0123456789abcdef\n\1\n$/);
    expect(await destination.holds(secret)).toBe(true);
    await destination.deliver(Secret.of('the_next_secret_value'));
    expect(await destination.holds(secret)).toBe(false);
    const marks = [...rig.text().matchAll(/<<(\S+)/g)].map((match) => match[1]);
    expect(new Set(marks).size).toBe(2);
  });

  it('refuses a secret with a line break', async () => {
    const rig = runner();
    for (const value of ['a\nevil=1', 'a\rb']) {
      await expect(
        parseDestination('github-env:TOKEN', rig.deps).deliver(Secret.of(value)),
      ).rejects.toMatchObject({
        code: 'usage',
      });
    }
    expect(rig.text()).toBe('A=1');
  });

  it('needs the variable of the runner, and a regular file behind it', async () => {
    const rig = destinationRig();
    await expect(parseDestination('github-env:TOKEN', rig.deps).prove()).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await parseDestination('github-env:TOKEN', rig.deps).holds(secret)).toBe(null);
    const deps = { ...rig.deps, env: { GITHUB_ENV: rig.folder } };
    await expect(parseDestination('github-env:TOKEN', deps).prove()).rejects.toMatchObject({ code: 'usage' });
  });

  it('refuses names that are not the step’s to set', () => {
    const { deps } = runner();
    for (const text of [
      'github-env:NODE_OPTIONS',
      'github-env:GITHUB_TOKEN',
      'github-env:A-B',
      'github-output:a b',
      'github-output:x<<y',
      'github-output:',
    ]) {
      expect(() => parseDestination(text, deps), text).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });
});
