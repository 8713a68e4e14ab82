import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import { findItem, findList, findSecret, needSecret } from '../../../src/providers/envelope.ts';

const revealed = (secret: Secret | null) => secret?.reveal() ?? null;

describe('findSecret', () => {
  const NAMES = ['tokenSecret', 'secret', 'token'];

  it.each([
    [{ tokenSecret: 's3' }],
    [{ token_secret: 's3' }],
    [{ data: { tokenSecret: 's3' } }],
    [{ token: { secret: 's3', id: 'i' } }],
    [{ machine_token: { id: 'i' }, tokenSecret: 's3' }],
    [{ success: true, data: { machineToken: { id: 'i', tokenSecret: 's3' } } }],
    [{ tokenSecret: 's3', data: { token: 's3' } }],
  ])('finds it in %j', (body) => {
    expect(revealed(findSecret(body, NAMES))).toBe('s3');
  });

  it.each([
    [null],
    [[{ tokenSecret: 's3' }]],
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
    expect(findSecret(body, NAMES, ['the-id'])).toBeNull();
    expect(() => needSecret(body, NAMES, ['the-id'])).toThrow(SchemaDrift);
  });

  it.each([
    [{ tokenSecret: 'aaa1', secret: 'bbb2' }],
    [{ Token: 'aaa1', token: 'bbb2' }],
    [{ tokenSecret: 'aaa1', data: { tokenSecret: 'bbb2' } }],
  ])('does not guess in %j', (body) => {
    expect(() => findSecret(body, NAMES)).toThrow(/two possible secrets/);
    expect(() => findSecret(body, NAMES)).not.toThrow(/aaa1|bbb2/);
  });

  it('hides what it found', () => {
    expect(String(findSecret({ token: 's3cr3t' }, NAMES))).not.toContain('s3cr3t');
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
    for (const body of [null, {}, { list: null }, { list: {} }, 'x', 3, true, [1], [null]]) {
      expect(() => findList(body)).toThrow(SchemaDrift);
    }
  });
});
