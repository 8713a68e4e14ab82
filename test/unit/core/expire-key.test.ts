import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { expireKey, planKeyExpiry } from '../../../src/core/expire-key.ts';
import { loadProvider } from '../../../src/providers/registry.ts';
import {
  type Answer,
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  referencesOf,
} from '../../support/fakes.ts';

const WISH = '2026-12-24T18:00:00Z';

async function expire(answer: unknown, listed: (count: number) => Answer) {
  let lists = 0;
  const transport = new FakeTransport(({ method }) => {
    if (method !== 'GET') return { body: answer };
    lists += 1;
    return lists === 1
      ? { body: { keys: [{ id: 'key_1', label: 'web', keyType: 'server_signed' }] } }
      : listed(lists);
  });
  const audit = new FakeAudit();
  const connection = { ...fakeConnection(await loadProvider('errova')), settings: { org: 'acme' } };
  const deps = {
    client: new Client(connection, transport),
    profiles: new FakeProfiles(),
    clock: new FakeClock(),
    audit,
    ...referencesOf(),
  };
  const planned = await planKeyExpiry(deps, {
    project: 'p',
    reference: { by: 'id', value: 'key_1' },
    expiresAt: WISH,
  });
  const result = await expireKey(deps, planned).catch((error: unknown) => error);
  return { result, outcome: audit.events[0]?.outcome };
}

const key = (expiresAt: string | null) => ({
  id: 'key_1',
  label: 'web',
  keyType: 'server_signed',
  expiresAt,
});
const shows = (expiresAt: string | null) => (): Answer => ({ body: { keys: [key(expiresAt)] } });
const closed = (): Answer => ({ status: 403, body: {} });

describe('keys expire tells what the provider says, never the wish', () => {
  it.each([
    ['both agree', key(WISH), shows(WISH)],
    ['the answer is silent, the list agrees', {}, shows(WISH)],
    ['a rounded minute', key('2026-12-24T18:00:30Z'), shows('2026-12-24T18:00:30Z')],
    ['no list, the answer agrees', key(WISH), closed],
    ['the list lags once', key(WISH), (count: number) => (count === 2 ? shows(null)() : shows(WISH)())],
  ])('%s: done', async (_, answer, list) => {
    const { outcome, result } = await expire(answer, list);
    expect(result).toMatchObject({
      key: { expiresAt: expect.stringMatching(/^2026-12-24T18:00/) },
      note: null,
    });
    expect(outcome).toBe('ok');
  });

  it.each([
    ['the answer says that it never ends, and so does the list', key(null), shows(null), /never ends/],
    ['no list, the answer says another end', key('2027-01-01T00:00:00Z'), closed, /ends at 2027-01-01/],
    ['no list, the answer says that it never ends', key(null), closed, /never ends/],
    ['the answer agrees, the list does not', key(WISH), shows(null), /never ends/],
  ])('%s: failed', async (_, answer, list, message) => {
    const { outcome, result } = await expire(answer, list);
    expect(result).toMatchObject({ code: 'failure', message: expect.stringMatching(message) });
    expect(outcome).toBe('failed');
  });

  it('nobody tells: done as far as the provider said, and no end is claimed', async () => {
    const { outcome, result } = await expire({}, closed);
    expect(result).toMatchObject({
      key: { expiresAt: null },
      note: expect.stringContaining('could not be looked up'),
    });
    expect(outcome).toBe('unknown');
  });
});
