import { expect, it } from 'vitest';
import { inactiveWords } from '../../../src/cli/documents/credential.ts';
import type { CredentialVersion } from '../../../src/domain/credential.ts';

const AT = '2026-03-01T00:00:00Z';
const NOW = Date.parse('2026-03-02T00:00:00Z');

it.each<[what: string, facts: Partial<CredentialVersion>, words: string]>([
  ['works, as far as is known', {}, ''],
  ['will expire', { expiresAt: '2026-03-03T00:00:00Z' }, ''],
  ['has expired', { expiresAt: AT }, ` (it had expired at ${AT})`],
  ['ended', { inactive: { state: 'ended', at: AT } }, ` (it had ended at ${AT})`],
  ['disabled', { inactive: { state: 'disabled', at: AT } }, ` (it was disabled at ${AT})`],
])('%s', (_what, facts, words) => {
  const version = { version: 'v1', id: 'mt_1', scopes: null, createdAt: AT, expiresAt: null, savedAt: AT };
  expect(inactiveWords({ ...version, ...facts }, NOW)).toBe(words);
});
