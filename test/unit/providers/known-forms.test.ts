import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const ALL = [bluebricks, devo, errova, prefactor];
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
const letters = (count: number) => 'aB3dE6gH1jK4mN7pQ0sT2vW5yZ8bC9fG4hJ7kL'.slice(0, count);

/** What may be sent to whom: everything else is refused. */
const FORMS: readonly (readonly [string, string, readonly Provider[]])[] = [
  ['an API token of Bluebricks', `bbx_${letters(32)}`, []],
  ['one in capitals', `BBX_${letters(32)}`, [bluebricks]],
  ['a token of Errova', `ert_${letters(32)}`, [errova]],
  ['a machine token of Errova', `erv_mt_${letters(32)}`, [errova]],
  ['an SDK key of Prefactor', `pf_${letters(32)}`, [prefactor]],
  ['a token of Devo', 'fedcba9876543210fedcba9876543210', [devo]],
  ['one in capitals', 'FEDCBA9876543210FEDCBA9876543210', [devo]],
  ['a JWT of nobody in particular', jwt({ sub: 'x' }), [bluebricks, prefactor]],
  ['a JWT without claims', jwt({}), [bluebricks, prefactor]],
  [
    'a JWT whose parts are written with spaces',
    `${Buffer.from(' {"alg": "none"}').toString('base64url')}.${part({})}.`,
    [bluebricks, prefactor],
  ],
  ['a JWT of Prefactor’s', jwt({ _: { a: 'acc' }, sub: 'x' }), [prefactor]],
  ['a JWT of Bluebricks’ issuer', jwt({ iss: 'https://auth.bluebricks.co/', sub: 'x' }), [bluebricks]],
  ['a JWT of GitHub Actions', jwt({ iss: 'https://token.actions.githubusercontent.com' }), []],
  ['a JWT of GitLab', jwt({ iss: 'https://gitlab.com' }), []],
  ['a JWT of an old GitLab', jwt({ iss: 'gitlab.com' }), []],
  ['a JWT of Google', jwt({ iss: 'https://accounts.google.com' }), []],
  ['a JWT of Kubernetes', jwt({ iss: 'https://kubernetes.default.svc.cluster.local' }), []],
  [
    'an encrypted JWT',
    `eyJhbGciOiJSU0EifQ.${letters(20)}.${letters(16)}.${letters(20)}.${letters(16)}`,
    [bluebricks, prefactor],
  ],
  ...[
    `ghp_${letters(36)}`,
    `gho_${letters(36)}`,
    `ghs_${letters(36)}`,
    `github_pat_${letters(22)}_${letters(30)}`,
    `glpat-${letters(20)}`,
    `gldt-${letters(20)}`,
    `glrt-${letters(20)}`,
    `sk-${letters(32)}`,
    `sk-proj-${letters(32)}`,
    `sk-ant-api03-${letters(32)}`,
    `sk_live_${letters(24)}`,
    `rk_test_${letters(24)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'ASIAIOSFODNN7EXAMPLE',
    `xoxb-123456789012-${letters(24)}`,
    `xoxp-123456789012-${letters(24)}`,
    `xoxe.xoxp-1-${letters(24)}`,
    `xapp-1-${letters(24)}`,
    `npm_${letters(36)}`,
    `pypi-${letters(36)}`,
    `AIza${letters(35)}`,
    `ya29.${letters(36)}`,
    `hvs.${letters(24)}`,
    `s.${letters(24)}`,
    `dckr_pat_${letters(27)}`,
    `hf_${letters(34)}`,
    `dop_v1_${letters(34)}`,
    'dapi0123456789abcdef0123456789abcdef',
    `shpat_${letters(32)}`,
    `SG.${letters(22)}.${letters(34)}`,
    `glsa_${letters(32)}`,
    `sntrys_${letters(32)}`,
    `ATATT3x${letters(32)}`,
    `lin_api_${letters(32)}`,
    `dp.pt.${letters(32)}`,
  ].map((secret) => ['a foreign one', secret, []] as const),
  ['an opaque token', `kt-${letters(30)}`, ALL],
  ['an opaque token with a dot', `${letters(12)}.${letters(12)}`, ALL],
  ['31 hexadecimal digits', 'fedcba9876543210fedcba987654321', ALL],
  ['a UUID', '1f0c0d2e-6f55-4c1b-9b0a-2b8c9d7e6f50', ALL],
];

function isTaken(provider: Provider, secret: string): boolean {
  try {
    provider.checkCredential(Secret.of(secret), NOW);
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect([error.code, `${error.facts.message} ${error.facts.hint}`]).toEqual([
      'auth',
      expect.not.stringContaining(secret),
    ]);
    return false;
  }
}

describe('A8 a secret in the published form of another vendor’s is never sent', () => {
  it.each(FORMS)('%s: %s', (_, secret, takers) => {
    const taken = ALL.filter((provider) => isTaken(provider, secret)).map(({ id }) => id);
    expect(taken).toEqual(takers.map(({ id }) => id));
  });
});
