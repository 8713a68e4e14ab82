import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '../../../src/domain/errors.ts';
import type { TokenSpec } from '../../../src/ports/provider.ts';
import { need } from '../../../src/providers/settings.ts';
import { checkName, checkOptions, checkScopes, markName } from '../../../src/providers/spec.ts';

const SPEC: TokenSpec = { name: 'ci', scopes: [], expiresAt: null, options: {}, idempotencyKey: null };

describe('specifications', () => {
  it('trims a name and refuses what is none', () => {
    expect(checkName(' ci deploy ')).toBe('ci deploy');
    for (const name of [null, '', '  ', 'a\u001b[2J', 'a\nb', 'a\u202eb', 'x'.repeat(256)]) {
      expect(() => checkName(name)).toThrow(AppError);
    }
  });

  it('splits scopes and drops repetitions', () => {
    expect(checkScopes(['a b', 'b', ' c '], '')).toEqual(['a', 'b', 'c']);
    expect(() => checkScopes([' '], 'say which')).toThrow(/no scope/);
  });

  it('refuses unknown options and choices', () => {
    const options = [{ name: 'kind', about: '', placeholder: '', choices: ['a', 'b'] }];
    checkOptions({ ...SPEC, options: { kind: 'a' } }, options);
    expect(() => checkOptions({ ...SPEC, options: { kind: 'c' } }, options)).toThrow(/no kind/);
    expect(() => checkOptions({ ...SPEC, options: { user: 'c' } }, options)).toThrow(/no option/);
  });

  it('marks a name with the day and the marker, and replaces an earlier mark', () => {
    const now = Date.UTC(2026, 10, 22, 23, 59);
    const once = markName('ci', '7f3a9c21', now);
    expect(once).toBe('ci-20261122-7f3a9c21');
    expect(markName(once, '00000001', now)).toBe('ci-20261122-00000001');
    expect(markName('x'.repeat(300), '00000001', now)).toHaveLength(118);
  });

  it('says which setting is missing, as option and as variable', () => {
    const setting = { name: 'account-id', about: '', required: true, placeholder: 'ID', check: String };
    expect(need({ 'account-id': 'a' }, setting)).toBe('a');
    for (const settings of [{}, { 'account-id': '' }]) {
      try {
        need(settings, setting);
        expect.unreachable();
      } catch (error) {
        expect(isAppError(error, 'usage') && error.facts.hint).toMatch(/--account-id ID.*KEYTURN_ACCOUNT_ID/);
      }
    }
  });
});
