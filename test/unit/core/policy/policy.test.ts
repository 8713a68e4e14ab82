import { describe, expect, it } from 'vitest';
import { startOperation } from '../../../../src/core/operation/start.ts';
import { planRotation } from '../../../../src/core/rotation/plan.ts';
import { allTokens } from '../../../../src/core/tokens.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { ProviderId } from '../../../../src/sandbox/vendor.ts';
import { ORIGIN } from '../../../support/sim-base.ts';
import { Faults } from '../../../support/sim-faults.ts';
import { DAY, Rig } from './rig.ts';

const OWN: Readonly<Record<ProviderId, string>> = {
  errova: 'scopes: [org.read], ',
  devo: 'scopes: ["table://my.app.**"], options: { user: admin@example.com, audience: apiv2 }, ',
  prefactor: '',
  bluebricks: '',
};
const PROVIDERS: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];
const OVERLAPPING = PROVIDERS.filter((provider) => provider !== 'errova');
const DESTINATION = 'file:/work/token';

function token(provider: ProviderId, more = ''): string {
  return `{ name: ci, ${OWN[provider]}deliver: ["${DESTINATION}"], maximumAge: 30d${more} }`;
}

/** The one thing that lives, whose secret is in the store and at the destination. */
async function expectSettled(rig: Rig): Promise<void> {
  const live = rig.live();
  expect(live.map(({ id }) => id)).toHaveLength(1);
  expect(await rig.kept('ci')).toBe(live[0]?.fingerprint);
  expect(rig.place(DESTINATION).holds).toBe(live[0]?.fingerprint);
}

async function results(applied: Promise<Awaited<ReturnType<Rig['apply']>>>) {
  const outcome = await applied;
  if (outcome === 'killed') throw new Error('killed');
  return outcome;
}

describe.each(PROVIDERS)('a policy at %s', (provider) => {
  it('creates what is missing, and then has nothing to do', async () => {
    const rig = new Rig(provider);
    expect(await rig.actions(token(provider))).toEqual(['create']);
    expect(rig.writes()).toEqual([]);
    expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'created', error: null }]);
    await expectSettled(rig);
    rig.writes();
    expect(await rig.actions(token(provider))).toEqual(['nothing']);
    expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'nothing', error: null }]);
    expect(rig.writes()).toEqual([]);
  });

  it('rotates what is too old, finds it again under its new name, and comes to rest', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const first = await rig.kept('ci');
    for (let round = 1; round <= 2; round += 1) {
      await rig.clock.sleep(29 * DAY);
      expect(await rig.actions(token(provider))).toEqual(['nothing']);
      await rig.clock.sleep(2 * DAY);
      expect(await rig.plan(token(provider))).toMatchObject([
        { action: 'rotate', why: 'it is older than 30d' },
      ]);
      expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'rotated', error: null }]);
      await expectSettled(rig);
      rig.writes();
      expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'nothing' }]);
      expect(rig.writes()).toEqual([]);
    }
    expect(await rig.kept('ci')).not.toBe(first);
  });

  it('does not rotate where nobody agreed that something ends', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    await rig.clock.sleep(31 * DAY);
    rig.writes();
    expect(await rig.applyWith({ mayEnd: false }, token(provider))).toMatchObject([
      { outcome: 'failed', error: { code: 'conflict' } },
    ]);
    expect(rig.writes()).toEqual([]);
    await expectSettled(rig);
  });

  it('delivers again what a destination does not hold', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    rig.writes();
    rig.place(DESTINATION).received.push('something else');
    expect(await rig.plan(token(provider))).toMatchObject([
      { action: 'deliver', why: `${DESTINATION} does not hold it` },
    ]);
    expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'delivered', error: null }]);
    expect(rig.writes()).toEqual([]);
    await expectSettled(rig);
    expect(rig.audit.events.at(-1)).toMatchObject({ action: 'deliver', target: DESTINATION, outcome: 'ok' });
  });

  it('leaves alone what carries the name but is not kept', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const { store } = await rig.deps();
    await store.remove('ci');
    rig.writes();
    expect(await rig.plan(token(provider))).toMatchObject([
      { action: 'blocked', error: { code: 'conflict', message: expect.stringContaining('"ci" lives at') } },
    ]);
    expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'failed' }]);
    expect(rig.writes()).toEqual([]);
  });

  it('is killed at any instant of a creation and finishes when applied again', async () => {
    const count = await countEffects(provider, async () => {});
    const ends: string[] = [];
    for (let at = 1; at <= count; at += 3)
      ends.push(await killAndFinish(provider, { at, prepare: async () => {} }));
    expect(ends.filter((end) => end === 'settled').length).toBeGreaterThan(10);
    // Nothing marks what Errova makes: whether a lost answer made something, only a person can say.
    if (provider !== 'errova') expect(ends).not.toContain('attention');
  }, 120_000);

  it('is killed at any instant of a rotation and finishes when applied again', async () => {
    const prepare = async (rig: Rig) => {
      await rig.apply(token(provider));
      await rig.clock.sleep(31 * DAY);
    };
    const count = await countEffects(provider, prepare);
    const ends: string[] = [];
    for (let at = 1; at <= count; at += 5) ends.push(await killAndFinish(provider, { at, prepare }));
    expect(ends.filter((end) => end === 'settled').length).toBeGreaterThan(5);
    expect(ends).not.toContain('attention');
  }, 120_000);
});

async function countEffects(provider: ProviderId, prepare: (rig: Rig) => Promise<void>): Promise<number> {
  const rig = new Rig(provider);
  await prepare(rig);
  let count = 0;
  await rig.applyWith(
    {
      seen: ({ seen }) => {
        count = seen.length;
      },
    },
    token(provider),
  );
  expect(count).toBeGreaterThan(10);
  return count;
}

interface Kill {
  readonly at: number;
  prepare(rig: Rig): Promise<void>;
}

async function killAndFinish(
  provider: ProviderId,
  { at, prepare }: Kill,
): Promise<'not killed' | 'attention' | 'settled'> {
  const rig = new Rig(provider);
  await prepare(rig);
  const killed = await rig.applyWith({ faults: [{ at, kind: 'kill' }] }, token(provider));
  if (killed !== 'killed') return 'not killed';
  for (let run = 0; run < 3; run += 1) await rig.apply(token(provider));
  rig.writes();
  const [last] = await results(rig.apply(token(provider)));
  expect(rig.writes()).toEqual([]);
  if (last?.error?.message.startsWith('an operation needs a person')) {
    expect(rig.live().length).toBeLessThanOrEqual(1);
    return 'attention';
  }
  expect(last, `killed at ${at}`).toMatchObject({ outcome: 'nothing', error: null });
  await expectSettled(rig);
  return 'settled';
}

/** `tokens rotate ci --grace`, by a person. */
async function rotateByHand(rig: Rig, graceMs: number) {
  const deps = await rig.deps();
  const entry = await deps.store.find('ci');
  const live = (await allTokens(deps)).items.find(({ id }) => id === entry?.current.id);
  if (!live) throw new Error('not listed');
  const destination = rig.place(DESTINATION).open(DESTINATION, new Faults([]));
  const delivery = { saveAs: null, destinations: [destination], print: null };
  const plan = await planRotation(deps, {
    target: { kind: 'token', token: live },
    delivery,
    options: { graceMs },
  });
  const result = await startOperation(deps, plan);
  expect(result).toMatchObject({ kind: 'pending', error: null });
  return { ...result, deps, target: { id: live.id, name: live.name } };
}

describe.each(OVERLAPPING)('grace at %s', (provider) => {
  const policy = token(provider, ', grace: 24h');

  it('waits, then resumes, and nothing is done twice', async () => {
    const rig = new Rig(provider);
    await rig.apply(policy);
    await rig.clock.sleep(31 * DAY);
    const [rotated] = await results(rig.apply(policy));
    expect(rotated).toMatchObject({ outcome: 'rotated', error: null, dueAt: expect.any(String) });
    expect(rig.live()).toHaveLength(2);
    expect(await rig.plan(policy)).toMatchObject([{ action: 'wait', dueAt: rotated?.dueAt }]);
    rig.writes();
    expect(await rig.apply(policy)).toMatchObject([
      { outcome: 'waiting', dueAt: rotated?.dueAt, error: null },
    ]);
    expect(rig.writes()).toEqual([]);
    await rig.clock.sleep(DAY);
    expect(await rig.plan(policy)).toMatchObject([{ action: 'resume', why: 'its grace is over' }]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'resumed', dueAt: null, error: null }]);
    await expectSettled(rig);
    expect(await rig.actions(policy)).toEqual(['nothing']);
  });

  it('waits for a grace that somebody else began, though the token is due again', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const first = await rotateByHand(rig, 20 * DAY);
    await rig.clock.sleep(10 * DAY);
    rig.writes();
    const due = token(provider).replace('30d', '5d');
    expect(await rig.plan(due)).toMatchObject([{ action: 'wait', dueAt: first.dueAt }]);
    expect(await rig.apply(due)).toMatchObject([{ outcome: 'waiting', dueAt: first.dueAt, error: null }]);
    expect(rig.writes()).toEqual([]);
    await rig.clock.sleep(11 * DAY);
    expect(await rig.actions(due)).toEqual(['resume']);
    expect(await rig.apply(due)).toMatchObject([{ error: null }]);
    await expectSettled(rig);
  });

  it('goes on when the replaced one has ended by itself', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const { deps, target } = await rotateByHand(rig, 20 * DAY);
    const { client } = deps;
    const { revoke } = client.connection.provider.tokens;
    if (!revoke || provider === 'devo') return;
    await client.call(revoke, target);
    expect(await rig.plan(policy)).toMatchObject([
      { action: 'resume', why: 'the replaced token has ended already' },
    ]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'resumed', dueAt: null, error: null }]);
    await expectSettled(rig);
  });

  it('goes on with a grace whose end was begun', async () => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const { deps, operation } = await rotateByHand(rig, 20 * DAY);
    await deps.host.resume(operation, (journal) => journal.step('end grace', async () => ({})));
    expect(await rig.plan(policy)).toMatchObject([{ action: 'resume' }]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'resumed', dueAt: null, error: null }]);
    await expectSettled(rig);
  });

  it('delivers again while it waits', async () => {
    const rig = new Rig(provider);
    await rig.apply(policy);
    await rig.clock.sleep(31 * DAY);
    await rig.apply(policy);
    rig.place(DESTINATION).received.push('something else');
    expect(await rig.apply(policy)).toMatchObject([
      { outcome: 'delivered', dueAt: expect.any(String), error: null },
    ]);
    expect(rig.place(DESTINATION).holds).toBe(await rig.kept('ci'));
    expect(await rig.actions(policy)).toEqual(['wait']);
  });
});

describe('a policy', () => {
  it('renews what ends soon, where the provider gives an end', async () => {
    const rig = new Rig('prefactor');
    const policy = '{ name: ci, lifetime: 20d, renewBefore: 5d }';
    await rig.apply(policy);
    await rig.clock.sleep(14 * DAY);
    expect(await rig.actions(policy)).toEqual(['nothing']);
    await rig.clock.sleep(2 * DAY);
    expect(await rig.plan(policy)).toMatchObject([
      { action: 'rotate', why: expect.stringMatching(/^it ends at/) },
    ]);
    await rig.apply(policy);
    expect(await rig.actions(policy)).toEqual(['nothing']);
    await rig.clock.sleep(14 * DAY);
    expect(await rig.actions(policy)).toEqual(['nothing']);
  });

  it('does not replace at every run what lives shorter than it is renewed before', async () => {
    const rig = new Rig('devo');
    const policy = `{ name: ci, ${OWN.devo}renewBefore: 100d }`;
    await rig.apply(policy);
    expect(await rig.actions(policy)).toEqual(['nothing']);
    await rig.clock.sleep(46 * DAY);
    expect(await rig.actions(policy)).toEqual(['rotate']);
    await rig.apply(policy);
    expect(await rig.actions(policy)).toEqual(['nothing']);
  });

  it('replaces the entry of a token that has expired', async () => {
    const rig = new Rig('prefactor');
    const policy = '{ name: ci, lifetime: 20d }';
    await rig.apply(policy);
    const dead = await rig.kept('ci');
    await rig.clock.sleep(21 * DAY);
    expect(await rig.plan(policy)).toMatchObject([{ action: 'create', why: 'the one before is expired' }]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'created', error: null }]);
    const [live, ...others] = rig.live();
    expect(others).toEqual([]);
    expect(await rig.kept('ci')).toBe(live?.fingerprint);
    expect(await rig.kept('ci')).not.toBe(dead);
    expect(
      await rig.profiles.aliases({ provider: 'prefactor', origin: ORIGIN, settings: null }),
    ).toMatchObject([{ name: 'ci', id: live?.id }]);
    expect(await rig.actions(policy)).toEqual(['nothing']);
  });

  it('throws no secret away because its token is not listed', async () => {
    const rig = new Rig('errova');
    await rig.apply(token('errova'));
    const [live] = rig.live();
    const { client } = await rig.deps();
    const { revoke } = client.connection.provider.tokens;
    if (!revoke || !live) throw new Error('no token');
    await client.call(revoke, { id: live.id, name: 'ci' });
    const before = await rig.kept('ci');
    expect(await rig.plan(token('errova'))).toMatchObject([
      {
        action: 'blocked',
        error: { code: 'conflict', message: expect.stringContaining('is not listed here') },
      },
    ]);
    await rig.apply(token('errova'));
    expect(await rig.kept('ci')).toBe(before);
    await (await rig.deps()).store.remove('ci');
    expect(await rig.apply(token('errova'))).toMatchObject([{ outcome: 'created' }]);
  });

  it.each(OVERLAPPING)('enables nothing that was disabled at %s', async (provider) => {
    const rig = new Rig(provider);
    await rig.apply(token(provider));
    const { client, store } = await rig.deps();
    const { disable } = client.connection.provider.tokens;
    const [live] = rig.live();
    if (!disable || !live) throw new Error('no token');
    await client.call(disable, { id: live.id, name: 'ci' });
    rig.writes();
    expect(await rig.plan(token(provider))).toMatchObject([
      { action: 'blocked', error: { message: expect.stringContaining('is disabled') } },
    ]);
    await rig.apply(token(provider));
    expect(rig.writes()).toEqual([]);
    // A person who wants another one forgets the old secret; names that are never freed are marked.
    await store.remove('ci');
    expect(await rig.apply(token(provider))).toMatchObject([{ outcome: 'created', error: null }]);
    expect(rig.live()).toHaveLength(1);
    expect(await rig.actions(token(provider))).toEqual(['nothing']);
  });

  it('reports each: one that fails holds up no other', async () => {
    const rig = new Rig('bluebricks');
    const [bad, good] = ['{ name: bad, deliver: ["file:/work/bad"] }', '{ name: good }'];
    rig.place('file:/work/bad').open = (label) => ({
      label,
      prove: async () => {
        throw new AppError({ code: 'unavailable', message: 'no room' });
      },
      deliver: async () => {},
      holds: async () => false,
    });
    expect(await rig.apply(bad, good)).toMatchObject([
      { outcome: 'failed', error: { code: 'unavailable' } },
      { outcome: 'created', error: null },
    ]);
    expect(rig.live().map(({ name }) => name)).toEqual(['good']);
  });

  it('goes on with a secret that a destination did not take, to where the policy says now', async () => {
    const rig = new Rig('prefactor');
    const place = rig.place('file:/work/broken');
    const open = place.open;
    place.open = (label, faults) => ({
      ...open.call(place, label, faults),
      deliver: async () => {
        throw new AppError({ code: 'unavailable', message: 'no room' });
      },
    });
    const policy = (destination: string) => `{ name: ci, deliver: ["${destination}"] }`;
    expect(await rig.apply(policy('file:/work/broken'))).toMatchObject([
      { outcome: 'failed', error: { code: 'pending' } },
    ]);
    expect(await rig.plan(policy(DESTINATION))).toMatchObject([
      { action: 'resume', why: 'it is unfinished' },
    ]);
    expect(await rig.apply(policy(DESTINATION))).toMatchObject([{ outcome: 'resumed', error: null }]);
    await expectSettled(rig);
  });

  it('says `locked` while another apply works on the same token', async () => {
    const rig = new Rig('bluebricks');
    let second: Awaited<ReturnType<Rig['apply']>> | null = null;
    const locks = new Set<string>();
    rig.useLocks({
      async hold(name, _wait, work) {
        if (locks.has(name)) throw new AppError({ code: 'locked', message: 'held' });
        locks.add(name);
        try {
          second ??= await rig.apply('{ name: ci }');
          return await work(async () => undefined);
        } finally {
          locks.delete(name);
        }
      },
    });
    expect(await rig.apply('{ name: ci }')).toMatchObject([{ outcome: 'created' }]);
    expect(second).toMatchObject([{ outcome: 'failed', error: { code: 'locked' } }]);
    expect(rig.live()).toHaveLength(1);
  });

  it('finds done what another apply has done since the plan', async () => {
    const rig = new Rig('bluebricks');
    let isFirst = true;
    rig.useLocks({
      async hold(_name, _wait, work) {
        if (isFirst) {
          isFirst = false;
          await rig.apply('{ name: ci }');
        }
        return work(async () => undefined);
      },
    });
    expect(await rig.apply('{ name: ci }')).toMatchObject([{ outcome: 'nothing', error: null }]);
    expect(rig.live()).toHaveLength(1);
  });

  it('says what cannot be known or reached, and hides nothing else', async () => {
    const rig = new Rig('devo');
    const { store } = await rig.deps();
    const { Secret } = await import('../../../../src/domain/secret.ts');
    const facts = {
      kind: 'imported',
      provider: null,
      origin: null,
      settings: null,
      project: null,
      id: null,
    } as const;
    const nothing = { scopes: null, createdAt: null, expiresAt: null };
    await store.save({ ...facts, ...nothing, name: 'theirs' }, Secret.of('something'));
    const plans = await rig.plan(`{ name: theirs, ${OWN.devo}}`, `{ name: mine, ${OWN.devo}}`);
    expect(plans).toMatchObject([
      { action: 'blocked', error: { message: 'the credential "theirs" holds something else' } },
      { action: 'create' },
    ]);
  });
});

describe('a token that is not kept', () => {
  it('is found by its local name at Prefactor, also after a rotation', async () => {
    const rig = new Rig('prefactor');
    const policy = token('prefactor', ', save: false, grace: 24h');
    await rig.apply(policy);
    expect(await rig.kept('ci')).toBeNull();
    expect(await rig.actions(policy)).toEqual(['nothing']);
    await rig.clock.sleep(31 * DAY);
    // Else the token, whose value nobody here knows, might be the managing credential.
    const known = { tokenId: 'another' };
    expect(await rig.applyWith(known, policy)).toMatchObject([{ outcome: 'rotated', error: null }]);
    expect(await rig.actions(policy)).toEqual(['wait']);
    await rig.clock.sleep(DAY);
    expect(await rig.applyWith(known, policy)).toMatchObject([{ outcome: 'resumed', error: null }]);
    const live = rig.live();
    expect(live).toHaveLength(1);
    expect(rig.place(DESTINATION).holds).toBe(live[0]?.fingerprint);
    expect(await rig.actions(policy)).toEqual(['nothing']);
  });

  it('is found by its name at Errova', async () => {
    const rig = new Rig('errova');
    const policy = `{ name: ci, ${OWN.errova}deliver: ["${DESTINATION}"], save: false }`;
    await rig.apply(policy);
    expect(await rig.actions(policy)).toEqual(['nothing']);
    expect(rig.place(DESTINATION).holds).toBe(rig.live()[0]?.fingerprint);
  });

  it.each(['devo', 'bluebricks'] as const)('is refused at %s, where the name changes', async (provider) => {
    const rig = new Rig(provider);
    await expect(rig.actions(token(provider, ', save: false'))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('another name'),
    });
    expect(rig.requests).toEqual([]);
  });
});

describe('what could never work', () => {
  it.each([
    ['errova', token('errova', ', grace: 1h'), 'in place'],
    ['errova', token('errova', ', save: false'), 'does not tell when a secret was replaced'],
    ['devo', '{ name: ci }', 'has no user'],
    ['bluebricks', '{ name: ci, scopes: [a] }', 'same permissions'],
    ['prefactor', '{ name: ci, options: { audience: apiv2 } }', 'no option'],
  ] as const)('is refused at %s before anything is sent: %s', async (provider, policy, words) => {
    const rig = new Rig(provider);
    await expect(rig.actions(policy)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
    });
    expect(rig.requests).toEqual([]);
  });
});

describe('E3: an operation that was begun under another name', () => {
  const shared = `{ name: shared, save: mine, ${OWN.devo}deliver: [] }`;

  /** Killed before its request arrived; then somebody else makes a token of the same name. */
  async function killThenStranger(): Promise<{ rig: Rig; stranger: string }> {
    let issueAt = 0;
    const seen = (faults: Faults): void => {
      issueAt = faults.seen.findIndex(({ kind }) => kind === 'issue') + 1;
    };
    await new Rig('devo').applyWith({ seen }, shared);
    const rig = new Rig('devo');
    expect(await rig.applyWith({ faults: [{ at: issueAt, kind: 'kill' }] }, shared)).toBe('killed');
    expect(rig.live()).toEqual([]);
    const deps = await rig.deps();
    const options = { user: 'admin@example.com', audience: 'apiv2' };
    const spec = {
      name: 'shared',
      scopes: ['table://my.app.**'],
      expiresAt: null,
      options,
      idempotencyKey: null,
    };
    const create = deps.client.connection.provider.tokens.create;
    if (!create) throw new Error('Devo creates tokens');
    await deps.client.call(create, spec);
    return { rig, stranger: rig.live()[0]?.id ?? '' };
  }

  it('is finished by the policy of that name', async () => {
    const { rig, stranger } = await killThenStranger();
    expect(await rig.apply(shared)).toMatchObject([{ error: null }]);
    expect(rig.live().map(({ id }) => id)).toEqual([stranger]);
  });

  it('takes over nothing for a policy of another name', async () => {
    const { rig, stranger } = await killThenStranger();
    const other = `{ name: nightly, save: mine, ${OWN.devo}deliver: ["${DESTINATION}"] }`;
    expect(await rig.apply(other)).toMatchObject([{ outcome: 'failed', error: { code: 'orphan' } }]);
    expect(rig.place(DESTINATION).received).toEqual([]);
    expect(rig.live().map(({ id }) => id)).toEqual([stranger]);
  });
});
