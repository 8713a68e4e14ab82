import { describe, expect, it } from 'vitest';
import { SchemaDrift, SeveralSecrets } from '../../../src/domain/schema-drift.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import { findItem, findList, findSecret, needSecret } from '../../../src/providers/envelope.ts';

const revealed = (secret: Secret | null) => secret?.reveal() ?? null;

describe('findSecret', () => {
  const PLACE = { names: ['tokenSecret', 'secret', 'token'] };

  it.each([
    [{ tokenSecret: 's3' }],
    [{ token_secret: 's3' }],
    [{ data: { tokenSecret: 's3' } }],
    [{ token: { secret: 's3', id: 'i' } }],
    [{ machine_token: { id: 'i' }, tokenSecret: 's3' }],
    [{ success: true, data: { machineToken: { id: 'i', tokenSecret: 's3' } } }],
    [{ tokenSecret: 's3', data: { token: 's3' } }],
    [[{ tokenSecret: 's3' }]],
  ])('finds it in %j', (body) => {
    expect(revealed(findSecret(body, PLACE))).toBe('s3');
  });

  it.each([
    [null],
    [[{ tokenSecret: 's3' }, { tokenSecret: 's4' }]],
    ['s3'],
    [{ tokenSecret: '' }],
    [{ tokenSecret: null }],
    [{ tokenSecret: 'null' }],
    [{ tokenSecret: 'undefined' }],
    [{ tokenSecret: 42 }],
    [{ tokenSecret: 'two words' }],
    [{ tokenSecret: 'line\n' }],
    [{ tokenSecret: 'ключ' }],
    [{ tokenSecret: 'x'.repeat(64 * 1024 + 1) }],
    [{ token: 'the-id', id: 'the-id' }],
    [{ owner: { token: 's3' } }],
  ])('finds none in case %#', (body) => {
    expect(findSecret(body, PLACE, { others: ['the-id'] })).toBeNull();
    expect(() => needSecret(body, PLACE, { others: ['the-id'] })).toThrow(SchemaDrift);
  });

  it.each([
    [{ tokenSecret: 'aaa1', secret: 'bbb2' }],
    [{ Token: 'aaa1', token: 'bbb2' }],
    [{ tokenSecret: 'aaa1', data: { tokenSecret: 'bbb2' } }],
  ])('does not guess in %j', (body) => {
    expect(() => findSecret(body, PLACE)).toThrow(/several values that may be the secret/);
    expect(() => findSecret(body, PLACE)).not.toThrow(/aaa1|bbb2/);
  });

  const SECRET = 'bbx_0123456789abcdef';
  const OTHER = 'bbx_fedcba9876543210';

  it.each([
    [{ token: SECRET, replacement_token: OTHER }],
    [{ token: SECRET, meta: { deep: [{ client_secret: OTHER }] } }],
    [{ token: SECRET, newToken: OTHER }],
    [{ token: SECRET, signing_key: 'whatever-it-is-16' }],
    [{ token: SECRET, secret_v2: 'whatever-it-is-16' }],
    // By its form alone, whatever the field is called.
    [{ token: SECRET, extra: OTHER }],
    [{ token: SECRET, extra: [OTHER] }],
  ])('does not guess between what is known and what looks like it: %j', (body) => {
    expect(() => findSecret(body, PLACE)).toThrow(SeveralSecrets);
    expect(() => findSecret(body, { ...PLACE, form: /^bbx_/ })).toThrow(SeveralSecrets);
    expect(() => findSecret(body, PLACE)).not.toThrow(/fedcba|whatever/);
  });

  it.each([
    [{ token: SECRET, replacement_token: SECRET }],
    [{ token: SECRET, value: 'tk.0123456789abcdef.54321' }],
    [{ token: SECRET, old_token: 'bbx_************3210' }],
    [{ token: SECRET, token_preview: 'bbx_fedc...3210' }],
    [{ token: SECRET, id: OTHER, requestId: OTHER, token_id: OTHER }],
    [{ token: SECRET, token_hash: OTHER, fingerprint: OTHER, publicKey: OTHER }],
    [{ token: SECRET, name: OTHER, label: OTHER, dsn: OTHER, next_token: OTHER }],
    [{ token: SECRET, token_type: 'Bearer', type: 'api_token', token_scope: 'agent_deployment' }],
    [{ token: SECRET, key_type: 'server_signed', keyTypeToken: 'Bearer' }],
    [{ token: SECRET, idempotency_key: 'keyturn-0123456789', created_by_admin_user_id: OTHER }],
  ])('is not misled by %j', (body) => {
    expect(revealed(findSecret(body, PLACE))).toBe(SECRET);
    expect(revealed(findSecret(body, { ...PLACE, form: /^bbx_/ }))).toBe(SECRET);
  });

  it('names what was made, so that it can be ended', () => {
    const body = { id: 'the-id', token: SECRET, other: OTHER };
    try {
      needSecret(body, PLACE, { others: ['the-id'] });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ itemId: 'the-id' });
    }
  });

  it('hides what it found', () => {
    expect(String(findSecret({ token: 's3cr3t' }, PLACE))).not.toContain('s3cr3t');
  });
});

describe('findItem and findList', () => {
  it('finds the thing from the outside in', () => {
    expect(findItem({ ok: true, data: { token: { id: 'a' } } }, 'id')).toEqual({ id: 'a' });
    expect(findItem({ id: 'out', token: { id: 'in' } }, 'id')).toMatchObject({ id: 'out' });
    expect(findItem({ api_key: 'x' }, 'id')).toBeNull();
  });

  it('finds a list bare or under a name, and refuses anything else', () => {
    expect(findList([{ id: 1 }])).toHaveLength(1);
    expect(findList({ tokens: [] }, 'tokens')).toEqual([]);
    expect(findList({ data: { keys: [{}] } }, 'keys')).toHaveLength(1);
    for (const body of [
      null,
      {},
      { list: null },
      { keys: null },
      { total: 0 },
      { meta: { totalCount: '0' } },
    ]) {
      expect(findList(body, 'keys')).toEqual([]);
    }
    expect(findList([1, null])).toEqual([1, null]);
    for (const body of [{ list: {} }, 'x', 3, true, { id: 1 }]) {
      expect(() => findList(body)).toThrow(SchemaDrift);
    }
  });
});
