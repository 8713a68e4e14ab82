import { describe, expect, it } from 'vitest';
import type { Allowed } from '../../../../src/core/policy/guard-managing.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { ORIGIN } from '../../../support/sim-base.ts';
import { DAY, Rig } from './rig.ts';

const DESTINATION = 'file:/work/token';
/** Kept, so that its value tells whose it is; or not kept, so that only an id could. */
const KEPT = `{ name: ci, deliver: ["${DESTINATION}"], maximumAge: 30d }`;
const UNKEPT = `{ name: ci, save: false, deliver: ["${DESTINATION}"], maximumAge: 30d }`;
const GRACE = '1d';
const withGrace = (policy: string) => policy.replace(' }', `, grace: ${GRACE} }`);
const ALL: Allowed = { self: true, managing: true };

type Whose = 'own' | 'maybe' | 'other';
type Wanted = 'rotate' | 'resume';

/** A policy whose token is due, or whose replaced token's grace is over; of whom that token is, as `whose` says. */
async function prepare(wanted: Wanted, whose: Whose) {
  const rig = new Rig('prefactor');
  const policy = whose === 'maybe' ? UNKEPT : KEPT;
  const full = wanted === 'resume' ? withGrace(policy) : policy;
  await rig.apply(full);
  const id = rig.live()[0]?.id ?? '';
  await rig.clock.sleep(31 * DAY);
  if (wanted === 'resume') {
    // Begun while another credential was in use.
    const begun = await rig.applyWith({ tokenId: 'another' }, full);
    expect(begun).toMatchObject([{ outcome: 'rotated', error: null }]);
    await rig.clock.sleep(2 * DAY);
  }
  rig.writes();
  const tokenId = { own: id, maybe: undefined, other: 'another' }[whose];
  return { rig, id, policy: full, options: tokenId === undefined ? {} : { tokenId } };
}

const CASES = (['rotate', 'resume'] as const).flatMap((wanted) =>
  (['own', 'maybe', 'other'] as const).map((whose) => [wanted, whose] as const),
);

describe.each(CASES)('a policy that would %s what is %s', (wanted, whose) => {
  it('is planned and applied as the verbs would do it', async () => {
    const { rig, id, policy, options } = await prepare(wanted, whose);
    const isLive = () => rig.live().some((one) => one.id === id);
    if (whose !== 'other') {
      const blocked = {
        code: 'conflict',
        facts: {
          message: expect.stringMatching(/ it (is a|may be the) credential that keyturn is using$/),
          hint: expect.stringMatching(/^add "--allow-self" to (rotate|end) it anyway/),
          id,
        },
      };
      expect(await rig.planWith(options, policy)).toMatchObject([{ action: 'blocked', error: blocked }]);
      expect(await rig.applyWith(options, policy)).toMatchObject([{ outcome: 'failed', error: blocked }]);
      expect(rig.writes()).toEqual([]);
      expect(isLive()).toBe(true);
      const managing = { ...options, allowed: { self: false, managing: true } };
      expect(await rig.planWith(managing, policy)).toMatchObject([{ action: 'blocked' }]);
    }
    const allowed = whose === 'other' ? options : { ...options, allowed: { self: true, managing: false } };
    expect(await rig.planWith(allowed, policy)).toMatchObject([{ action: wanted }]);
    expect(await rig.applyWith(allowed, policy)).toMatchObject([{ error: null }]);
    expect(isLive()).toBe(false);
  });
});

describe('a policy and managing credentials', () => {
  it.each([
    ['of this profile', 'main', '"--allow-managing"'],
    ['of another profile', 'boss', 'choose another name for `save`'],
  ])('does not take the secret of one %s anywhere', async (_, entry, hint) => {
    const rig = new Rig('prefactor');
    await rig.apply(KEPT);
    const { client, store } = await rig.deps();
    const live = rig.live()[0]?.id ?? '';
    const { settings } = client.connection;
    const facts = { provider: 'prefactor', origin: ORIGIN, settings, project: null, scopes: null, id: live };
    const dates = { createdAt: null, expiresAt: null };
    await store.save({ name: entry, kind: 'managing', ...facts, ...dates }, client.connection.secret);
    const policy = `{ name: x, save: ${entry}, deliver: ["file:/work/elsewhere"] }`;
    const refused = { code: 'conflict', facts: { hint: expect.stringContaining(hint) } };
    expect(await rig.plan(policy)).toMatchObject([{ action: 'blocked', error: refused }]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'failed', error: refused }]);
    expect(rig.place('file:/work/elsewhere').received).toEqual([]);
    const self = { allowed: { self: true, managing: false } };
    expect(await rig.planWith(self, policy)).toMatchObject([{ action: 'blocked' }]);
    // With the option the own one goes there; another profile's is not this policy's at all.
    const outcome = entry === 'main' ? 'delivered' : 'failed';
    expect(await rig.applyWith({ allowed: ALL }, policy)).toMatchObject([{ outcome }]);
  });

  it('does not put a token in the place of one that has ended', async () => {
    const rig = new Rig('prefactor');
    await rig.apply(KEPT);
    const { client, store } = await rig.deps();
    const { settings } = client.connection;
    const facts = {
      ...{ provider: 'prefactor', origin: ORIGIN, settings, project: null, scopes: null },
      ...{ id: 'gone', createdAt: null },
    };
    const ended = new Date(rig.clock.now() - DAY).toISOString();
    await store.save({ name: 'boss', kind: 'managing', ...facts, expiresAt: ended }, Secret.of('ended'));
    const policy = `{ name: x, save: boss }`;
    rig.writes();
    expect(await rig.plan(policy)).toMatchObject([
      {
        action: 'blocked',
        error: { code: 'conflict', facts: { hint: expect.stringContaining('choose another name') } },
      },
    ]);
    expect(await rig.apply(policy)).toMatchObject([{ outcome: 'failed', error: { code: 'conflict' } }]);
    expect(rig.writes()).toEqual([]);
  });

  it('replaces the managing credential last: the others need it', async () => {
    const rig = new Rig('prefactor');
    const [first, second] = ['one', 'two'].map((name) => `{ name: ${name}, maximumAge: 30d }`);
    await rig.apply(first ?? '', second ?? '');
    const { store } = await rig.deps();
    const tokenId = (await store.find('one'))?.current.id ?? '';
    await rig.clock.sleep(31 * DAY);
    rig.writes();
    const options = { tokenId, allowed: { self: true, managing: false } };
    expect(await rig.applyWith(options, first ?? '', second ?? '')).toMatchObject([
      { outcome: 'rotated', target: { token: { name: 'one' } } },
      { outcome: 'rotated', target: { token: { name: 'two' } } },
    ]);
    const ends = rig.writes().filter((line) => /revoke|DELETE/.test(line));
    expect(ends.at(-1)).toContain(tokenId);
  });
});
