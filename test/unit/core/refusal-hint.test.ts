import { describe, expect, it } from 'vitest';
import { refusalHint } from '../../../src/core/refusal-hint.ts';
import { loadProvider } from '../../../src/providers/registry.ts';

const PROBLEM = { code: 'failure', message: 'no', hint: 'its own hint' } as const;

describe('what to do about a full account', () => {
  it.each([
    ['errova', 'tokens', ['tokens list --status active --unused-for 90d', 'tokens revoke ID']],
    ['errova', 'keys', ['keys list --project PROJECT', 'keys expire KEY --project PROJECT --in 1h']],
    ['devo', 'tokens', ['tokens list --status active', 'tokens revoke ID']],
    ['devo', 'keys', ['tokens list --status active', 'tokens revoke ID']],
    ['prefactor', 'tokens', ['tokens list --status active --unused-for 90d', 'tokens revoke ID']],
    ['bluebricks', 'keys', ['tokens list --status active --older-than 90d', 'tokens disable NAME']],
  ] as const)('%s, %s: commands for the profile', async (id, fullOf, commands) => {
    const provider = await loadProvider(id);
    for (const profile of ['team-a', null]) {
      const hint = refusalHint({ provider, profile }, { ...PROBLEM, fullOf }) ?? '';
      const found = [...hint.matchAll(/`([^`]+)`/g)].map(([, command]) => command);
      expect(found).toHaveLength(2);
      for (const [index, command] of commands.entries())
        expect(found[index]).toMatch(
          new RegExp(`^keyturn ${command}( --\\S+ 90d)?${profile === null ? '$' : ' -p team-a$'}`),
        );
    }
  });

  it('does not promise that a disabled token frees a place', async () => {
    const provider = await loadProvider('bluebricks');
    expect(refusalHint({ provider, profile: 'bb' }, { ...PROBLEM, fullOf: 'keys' })).toContain(
      'does not publish whether a disabled one counts',
    );
  });

  it('is the provider file’s own hint where nothing is full', async () => {
    const provider = await loadProvider('bluebricks');
    expect(refusalHint({ provider, profile: 'bb' }, PROBLEM)).toBe('its own hint');
  });
});
