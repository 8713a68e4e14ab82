import { describe, expect, it } from 'vitest';
import { whyDue } from '../../../../src/core/policy/due.ts';
import { toInstant } from '../../../../src/domain/time.ts';

const DAY = 86_400_000;
const BORN = Date.UTC(2026, 0, 1);
const token = {
  name: 'ci',
  profile: null,
  scopes: [],
  options: {},
  lifetimeMs: null,
  maximumAgeMs: null,
  renewBeforeMs: null,
  graceMs: null,
  deliver: [],
  save: 'ci',
};
const day = (count: number) => toInstant(BORN + count * DAY);

describe('whyDue', () => {
  it('counts an age to the millisecond', () => {
    const policy = { ...token, maximumAgeMs: 30 * DAY };
    const life = { bornAt: day(0), endsAt: null };
    expect(whyDue(policy, life, BORN + 30 * DAY - 1)).toBeNull();
    expect(whyDue(policy, life, BORN + 30 * DAY)).toBe('it is older than 30d');
    expect(whyDue(policy, life, BORN - DAY)).toBeNull();
  });

  it('says that an age is unknown instead of never replacing', () => {
    const life = { bornAt: null, endsAt: day(90) };
    expect(() => whyDue({ ...token, maximumAgeMs: DAY }, life, BORN)).toThrow(/nobody tells how old "ci" is/);
    expect(whyDue({ ...token, renewBeforeMs: DAY }, life, BORN)).toBeNull();
  });

  it.each([
    ['an end that cannot be read', { renewBeforeMs: DAY }, { unreadableEnd: 'soon' }, /when it ends: "soon"/],
    [
      'an age that cannot be read',
      { maximumAgeMs: DAY },
      { unreadableBirth: '5.12.' },
      /when it was made: "5.12."/,
    ],
  ])('takes %s for due', (_, policy, life, why) => {
    expect(whyDue({ ...token, ...policy }, { bornAt: null, endsAt: null, ...life }, BORN)).toMatch(why);
  });

  it('does not ask for a date that the policy does not use, or that the store knows', () => {
    const unreadable = { unreadableEnd: 'soon', unreadableBirth: 'once' };
    expect(whyDue(token, { bornAt: null, endsAt: null, ...unreadable }, BORN)).toBeNull();
    const soon = { ...token, renewBeforeMs: DAY };
    expect(whyDue(soon, { bornAt: day(0), endsAt: day(90), unreadableEnd: 'soon' }, BORN)).toBeNull();
  });

  it('renews before the end, in the second half of the life only', () => {
    const life = { bornAt: day(0), endsAt: day(90) };
    const soon = { ...token, renewBeforeMs: 14 * DAY };
    expect(whyDue(soon, life, BORN + 76 * DAY - 1)).toBeNull();
    expect(whyDue(soon, life, BORN + 76 * DAY)).toBe(`it ends at ${day(90)}`);
    const always = { ...token, renewBeforeMs: 90 * DAY };
    expect(whyDue(always, life, BORN + 45 * DAY - 1)).toBeNull();
    expect(whyDue(always, life, BORN + 45 * DAY)).toBe(`it ends at ${day(90)}`);
    expect(whyDue(soon, { bornAt: null, endsAt: day(90) }, BORN + 76 * DAY)).not.toBeNull();
  });

  it('leaves alone what has neither age nor end to go by', () => {
    expect(whyDue(token, { bornAt: day(0), endsAt: day(1) }, BORN + 900 * DAY)).toBeNull();
    expect(
      whyDue({ ...token, renewBeforeMs: DAY }, { bornAt: day(0), endsAt: null }, BORN + 900 * DAY),
    ).toBeNull();
  });
});
