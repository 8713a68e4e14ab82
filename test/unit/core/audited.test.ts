import { expect, it } from 'vitest';
import { audited } from '../../../src/core/audited.ts';
import { Client } from '../../../src/core/client.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { FakeAudit, FakeTransport, fakeConnection, fakeProvider } from '../../support/fakes.ts';

const FULL = new AppError({ code: 'unavailable', message: 'the disk is full' });

function rig() {
  const provider = fakeProvider();
  const connection = fakeConnection(provider);
  return { client: new Client(connection, new FakeTransport(() => ({ body: {} }))), audit: new FakeAudit() };
}

const create = (work: () => Promise<{ id: string }>) =>
  ({ action: 'create', id: (made: { id: string }) => made.id, work }) as const;

it('records the id that the deed made', async () => {
  const deps = rig();
  expect(
    await audited(
      deps,
      create(async () => ({ id: 'p1' })),
    ),
  ).toEqual({ id: 'p1' });
  expect(deps.audit.events).toMatchObject([{ action: 'create', outcome: 'ok', id: 'p1', target: null }]);
});

it.each([
  ['failure', 'failed'],
  ['unavailable', 'unknown'],
] as const)('%s is recorded as %s, without an id that nobody knows', async (code, outcome) => {
  const deps = rig();
  const refused = new AppError({ code, message: 'no', requestId: 'r-1' });
  await expect(
    audited(
      deps,
      create(() => Promise.reject(refused)),
    ),
  ).rejects.toBe(refused);
  expect(deps.audit.events).toMatchObject([{ action: 'create', outcome, id: null, requestId: 'r-1' }]);
});

it('a refusal is told as it is, also when the log cannot be written', async () => {
  const deps = rig();
  deps.audit.broken = FULL;
  const refused = new AppError({ code: 'conflict', message: 'taken' });
  await expect(
    audited(
      deps,
      create(() => Promise.reject(refused)),
    ),
  ).rejects.toBe(refused);
});

it.each([
  ['provider', 'it is done at the provider, but the disk is full'],
  ['here', 'it is done, but the disk is full'],
] as const)('what is done (%s) and not logged is told as done', async (place, message) => {
  const deps = rig();
  deps.audit.broken = FULL;
  const deed = { action: 'rename', id: 'a', place, work: async () => null } as const;
  await expect(audited(deps, deed)).rejects.toMatchObject({ code: 'unavailable', message });
});

it('a bug is no outcome', async () => {
  const deps = rig();
  await expect(
    audited(
      deps,
      create(() => Promise.reject(new TypeError('x'))),
    ),
  ).rejects.toThrow(TypeError);
  expect(deps.audit.events).toEqual([]);
});
