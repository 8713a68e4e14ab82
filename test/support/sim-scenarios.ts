import type { ProviderId } from '../../src/sandbox/vendor.ts';

/** A thing that is done under faults, again and again. */
export interface Scenario {
  readonly name: string;
  readonly provider: ProviderId;
  readonly action: 'rotate' | 'create';
  readonly thing: 'token' | 'key';
  /** Whether the token in use replaces itself. */
  readonly self: boolean;
  /** Whether a browser session makes the new one, where the provider would replace in place. */
  readonly session?: boolean;
  /** When the old one ends by itself, in ms after the start; absent for long after every test. */
  readonly oldEndsAfterMs?: number;
  /** The old one's grace, in ms, which whoever resumes ends before its time; absent for none. */
  readonly graceMs?: number;
}

const rotation = { action: 'rotate', thing: 'token', self: false } as const;
const creation = { action: 'create', thing: 'token', self: false } as const;

export const ROTATIONS: readonly Scenario[] = [
  { ...rotation, name: 'in place with a keeper (Errova token)', provider: 'errova' },
  { ...rotation, name: 'in place with a keeper (Errova key)', provider: 'errova', thing: 'key' },
  { ...rotation, name: 'overlap with adoption (Devo)', provider: 'devo' },
  { ...rotation, name: 'overlap with replay (Prefactor)', provider: 'prefactor' },
  { ...rotation, name: 'named (Bluebricks)', provider: 'bluebricks' },
];

export const SELF_ROTATIONS: readonly Scenario[] = [
  { ...rotation, name: 'the credential in use, overlap (Devo)', provider: 'devo', self: true },
  { ...rotation, name: 'the credential in use, overlap (Prefactor)', provider: 'prefactor', self: true },
  { ...rotation, name: 'the credential in use, in place (Errova)', provider: 'errova', self: true },
];

/** Create, deliver, revoke, as Errova's document advises. */
export const SESSION_ROTATIONS: readonly Scenario[] = [
  { ...rotation, name: 'overlap by a session (Errova)', provider: 'errova', session: true },
  {
    ...rotation,
    name: 'the credential in use, overlap by a session (Errova)',
    provider: 'errova',
    session: true,
    self: true,
  },
];

/** Whether the old one gets the new secret, and there is no way back. */
export function isInPlace({ provider, session = false }: Scenario): boolean {
  return provider === 'errova' && !session;
}

/** Rotations whose grace is ended with `--now`. */
export const GRACES: readonly Scenario[] = [...ROTATIONS, ...SELF_ROTATIONS, ...SESSION_ROTATIONS]
  .filter((scenario) => !isInPlace(scenario))
  .map((scenario) => ({ ...scenario, name: `${scenario.name}, its grace ended early`, graceMs: 3_600_000 }));

export const CREATIONS: readonly Scenario[] = [
  { ...creation, name: 'create (Devo)', provider: 'devo' },
  { ...creation, name: 'create (Prefactor)', provider: 'prefactor' },
  { ...creation, name: 'create (Bluebricks)', provider: 'bluebricks' },
  { ...creation, name: 'create key (Errova)', provider: 'errova', thing: 'key' },
];

/** The rotation of another token at this provider. */
export function rotationOf(provider: ProviderId): Scenario {
  return { ...rotation, name: `rotation (${provider})`, provider };
}
