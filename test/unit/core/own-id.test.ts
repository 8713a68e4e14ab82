import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { checkStatedId, findOwnId } from '../../../src/core/own-id.ts';
import { ownershipOf } from '../../../src/core/own-token.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { ProviderFacts } from '../../../src/ports/provider.ts';
import { FakeStore, FakeTransport, fakeProvider, type Sent, tokenOf } from '../../support/fakes.ts';
import { prefactor } from '../../support/providers.ts';

const PREFACTOR = {
  ...{ provider: prefactor, profile: null, settings: {}, origin: 'https://app.example' },
  ...{ auth: prefactor.auth[0], secret: Secret.of('kt_1'), credentialName: null, tokenId: null },
};

/** The vendor has exactly these tokens; everything else is answered with `other`. */
function vendor(ids: readonly string[], other: number) {
  const transport = new FakeTransport(({ path }: Sent) => {
    const id = path.split('/').at(-1) ?? '';
    const details = { id, status: 'active', token_scope: 'account', inserted_at: '2026-11-01T00:00:00Z' };
    return ids.includes(id)
      ? { body: { status: 'success', details } }
      : {
          status: other,
          body: { status: 'error', code: other === 404 ? 'not_found' : 'refused', message: 'no' },
        };
  });
  return { client: new Client(PREFACTOR, transport), transport };
}

describe('the id of a Prefactor token is the one claim that the vendor confirms', () => {
  const REAL = '01hzzzzzzzzzzzzzzzzzzzzzz1';
  const ACCOUNT = '01hzzzzzzzzzzzzzzzzzzzzzz2';

  it.each<[string, readonly string[], readonly string[], number, string | null]>([
    ['a right jti', [REAL], [REAL], 404, REAL],
    ['a random jti alone', ['random'], [REAL], 404, null],
    ['a random jti beside a right sub', ['random', REAL], [REAL], 404, REAL],
    ['a random jti, an account and the token one level down', ['random', ACCOUNT, REAL], [REAL], 404, REAL],
    ['no claim that names a token', ['random', ACCOUNT], [REAL], 404, null],
    ['two claims that name tokens', [REAL, 'other'], [REAL, 'other'], 404, null],
    ['no claim at all', [], [REAL], 404, null],
    ['a vendor that forbids the look', [REAL], [], 403, null],
    ['a vendor that refuses the look', [REAL], [], 422, null],
    ['more claims than are looked at', [...'abcdefgh'.split(''), REAL], [REAL], 404, null],
  ])('%s', async (_, claims, ids, other, own) => {
    const { client, transport } = vendor(ids, other);
    expect(await findOwnId(client, claims)).toBe(own);
    expect(transport.sent.length).toBeLessThanOrEqual(8);
  });

  it('a vendor that is away is no answer', async () => {
    await expect(findOwnId(vendor([], 503).client, [REAL])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each<[string, string, readonly string[], readonly string[], number, string | null]>([
    ['what the vendor has', REAL, [], [REAL], 404, null],
    ['what the vendor has and the credential says', REAL, [REAL], [REAL], 404, null],
    ['what cannot be looked up', REAL, ['random'], [], 403, null],
    ['what the vendor has not', 'gone', [], [REAL], 404, 'Prefactor has no token "gone"'],
    [
      'another token than the credential names',
      'other',
      [REAL],
      [REAL, 'other'],
      404,
      `is the token "${REAL}"`,
    ],
  ])('"--token-id" with %s', async (_, stated, claims, ids, other, refusal) => {
    const work = checkStatedId(vendor(ids, other).client, stated, claims);
    if (refusal === null) return expect(await work).toBe(stated);
    await expect(work).rejects.toMatchObject({
      facts: { code: 'conflict', message: expect.stringContaining(refusal) },
    });
  });

  it.each([
    [['random', REAL], REAL, 'own'],
    [['random', REAL], 'other', 'other'],
    [['random'], 'other', 'maybe'],
    [[], REAL, 'maybe'],
  ])('with the claims %j the token %s is %s', async (claims, id, ownership) => {
    const { client } = vendor([REAL, 'other'], 404);
    const known = new Client({ ...client.connection, claims }, vendor([REAL, 'other'], 404).transport);
    expect(await ownershipOf({ client: known })({ ...tokenOf(id), inUse: false })).toBe(ownership);
  });
});

describe('a token that may be the managing credential', () => {
  const rig = (facts: Partial<ProviderFacts>, store: FakeStore, more: Partial<Client['connection']> = {}) => {
    const provider = fakeProvider({ facts });
    const { auth } = provider;
    const client = new Client(
      {
        ...{ provider, profile: 'acme', settings: {}, origin: 'https://us.vendor.example' },
        ...{ auth: auth[0], secret: Secret.of('kt_own'), credentialName: 'acme', tokenId: null },
        ...more,
      },
      new FakeTransport(() => ({ status: 404, body: {} })),
    );
    return ownershipOf({ client, openStore: async () => store });
  };
  const HERE = { provider: 'fake', origin: 'https://us.vendor.example' };

  it.each<[string, Partial<ReturnType<typeof tokenOf>>, string]>([
    ['nothing is known of', {}, 'maybe'],
    ['is not active', { status: 'disabled' }, 'other'],
    ['has another value, as the store knows', { id: 'kept' }, 'other'],
    ['has the same value, as the store knows', { id: 'copy' }, 'own'],
    ['was created long after the credential was kept', { createdAt: '2026-11-24T00:00:00Z' }, 'other'],
    ['was created before', { createdAt: '2026-11-20T00:00:00Z' }, 'maybe'],
  ])('one that %s', async (_, token, ownership) => {
    const store = new FakeStore()
      .put('acme', 'kt_own', { ...HERE, kind: 'managing' })
      .put('ci', 'kt_ci', { ...HERE, id: 'kept' })
      .put('copy', 'kt_own', { ...HERE, id: 'copy' });
    const tell = rig({ secretShown: 'once' }, store);
    expect(await tell({ ...tokenOf('x'), createdAt: null, ...token, inUse: false })).toBe(ownership);
  });

  it('is none where the id is known, or a session drives', async () => {
    const token = { ...tokenOf('x'), inUse: false };
    const once = { secretShown: 'once' } as const;
    expect(await rig(once, new FakeStore(), { tokenId: 'y' })(token)).toBe('other');
    expect(await rig({ ...once, managerIsSession: true }, new FakeStore())(token)).toBe('other');
    expect(await rig(once, new FakeStore())({ ...token, inUse: true })).toBe('own');
  });
});
