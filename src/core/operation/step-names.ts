/** What is known of a step by its name: what `rotations show` says of it once it is recorded. */
interface StepFacts {
  readonly did: string;
  /**
   * Absent: the secret may still have to be delivered. `delivered`: every destination has it, or none needs it any more.
   * `retiring`: so it is, and the grace period is over, was ended, or is being taken back.
   */
  readonly phase?: 'delivered' | 'retiring';
}

/** Every step that an operation may record, in the order in which they run. The names are shown to people. */
export const STEPS = {
  preflight: { did: 'checked the managing credential, the listed tokens and every destination' },
  reconcile: { did: 'looked for what the request had made' },
  'log unknown': { did: 'logged that the result of the request, or the new secret, is unknown' },
  identify: { did: 'found the new token or key at the provider' },
  'log created': { did: 'logged the new token or key' },
  store: { did: 'saved the new secret in the store' },
  verify: { did: 'tried the new secret' },
  undo: { did: 'ended the new token again', phase: 'delivered' },
  compare: { did: 'compared the new token with what was asked for' },
  'accept differences': { did: 'a person accepted the differences' },
  switch: { did: 'made the new secret the current one' },
  'save instead': { did: 'saved the new secret under another name', phase: 'delivered' },
  print: { did: 'printed the new secret', phase: 'delivered' },
  redirect: { did: 'delivered the new secret elsewhere than planned', phase: 'delivered' },
  grace: { did: 'began the grace period of the old token', phase: 'delivered' },
  'end grace': { did: 'ended the grace period before its time', phase: 'retiring' },
  disable: { did: 'disabled the old token', phase: 'retiring' },
  confirm: { did: 'tried the new secret once more', phase: 'retiring' },
  retire: { did: 'ended the old token', phase: 'retiring' },
  'find duplicates': { did: 'looked for a second effect of the request', phase: 'retiring' },
  'drop old': { did: 'removed the old secret from the store', phase: 'retiring' },
  complete: { did: 'everything is delivered', phase: 'retiring' },
  aborting: { did: 'began to take everything back', phase: 'retiring' },
} as const satisfies Record<string, StepFacts>;

type FixedStep = keyof typeof STEPS;

/**
 * A step of the journal. Three kinds are numbered or labelled: the nth request, the reading of its answer, and the
 * delivery to one destination.
 */
export type StepName = FixedStep | IssueStep | ReadStep | `deliver ${string}`;
type IssueStep = 'issue' | `issue ${number}`;
type ReadStep = 'read answer' | `read answer ${number}`;

/** The nth request. The first is the only one, save where a repeat is known to be harmless. */
export function issueStep(nth: number): IssueStep {
  return nth === 1 ? 'issue' : `issue ${nth}`;
}

/** The reading of the nth answer. */
export function readStep(nth: number): ReadStep {
  return nth === 1 ? 'read answer' : `read answer ${nth}`;
}

/** The delivery to one destination. */
export function deliveryStep(label: string): `deliver ${string}` {
  return `deliver ${label}`;
}

/** What kind of step a recorded name is of; null for a name of another version. */
export function stepKind(name: string): 'issue' | 'read answer' | 'deliver' | 'fixed' | null {
  if (/^issue( \d+)?$/.test(name)) return 'issue';
  if (/^read answer( \d+)?$/.test(name)) return 'read answer';
  if (name.startsWith('deliver ')) return 'deliver';
  return factsOf(name) ? 'fixed' : null;
}

function factsOf(name: string): StepFacts | null {
  return Object.hasOwn(STEPS, name) ? STEPS[name as FixedStep] : null;
}

/** What a step has done, in words; null for the numbered and labelled ones. */
export function didOf(name: string): string | null {
  return factsOf(name)?.did ?? null;
}

/** Whether an operation whose last step this is has nothing left to deliver. */
export function isDelivered(name: string): boolean {
  return factsOf(name)?.phase !== undefined;
}

/** The steps after which an operation waits for no grace period. */
export const RETIRING: readonly FixedStep[] = (Object.keys(STEPS) as FixedStep[]).filter(
  (name) => factsOf(name)?.phase === 'retiring',
);
