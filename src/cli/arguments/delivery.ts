import type { DeliveredItem, Delivery } from '../../core/delivery.ts';
import { nameTaken } from '../../core/operation/conflicts.ts';
import { usage } from '../../domain/errors.ts';
import { checkLocalName, toLocalName } from '../../domain/name.ts';
import type { Secret } from '../../domain/secret.ts';
import type { OneDocument } from '../documents/document.ts';
import type { PlannedStep } from '../documents/plan.ts';
import { secretDocument } from '../documents/token.ts';
import { openDestination } from '../services/open-destination.ts';
import { titleOf } from '../services/place-words.ts';
import type { Services } from '../services/services.ts';
import { printSecret } from '../services/show-secret.ts';
import type { Input } from './input.ts';
import type { OptionSpec } from './specs.ts';

export const DELIVERY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--save [name]', about: 'save the new secret in the store under this name' },
  {
    flags: '--to <destination...>',
    about: 'file:PATH, env:PATH#NAME, github-output:NAME, github-env:NAME, exec:COMMAND',
  },
  { flags: '--print', about: 'write the new secret to stdout' },
  {
    flags: '--force',
    about: 'replace an existing file (file:), or an existing variable when a token is created (env:)',
  },
];

export interface DeliveryContext {
  /** What `--save` without a name takes. */
  readonly defaultName: string | null;
  /** An entry that already holds this token; the new secret replaces the old one there, also without `--save`. */
  readonly keptAs?: string | null;
  /** Whether the secret is new and replaces none: then `env:` leaves a variable that is set. */
  readonly isNew?: boolean;
  /** The document that a structured format writes, with the secret in it. */
  document(item: DeliveredItem, secret: Secret): OneDocument;
}

/** What it takes to open every kind of destination, and to print a secret. */
export type DeliveryServices = Pick<
  Services,
  | 'children'
  | 'disk'
  | 'globals'
  | 'loadProvider'
  | 'note'
  | 'paths'
  | 'place'
  | 'presentation'
  | 'runtime'
  | 'store'
>;

/** A delivery that also knows whether it has printed the secret. */
export interface ParsedDelivery extends Delivery {
  readonly wasPrinted: () => boolean;
}

/**
 * Where the new secret goes, decided before the request. On a terminal with nothing chosen it is printed once under a
 * warning; elsewhere the command stops (exit 2) before it sends anything.
 */
export async function parseDelivery(
  app: DeliveryServices,
  input: Input,
  context: DeliveryContext,
): Promise<ParsedDelivery> {
  const save = input.textOrFlag('save');
  const labels = input.list('to');
  const force = input.flag('force');
  const keepVariables = context.isNew ?? false;
  const destinations = await Promise.all(
    labels.map((label) => openDestination(app, label, { force, keepVariables })),
  );
  const asked = input.flag('print');
  const kept = context.keptAs ?? null;
  const saveAs =
    save === undefined
      ? kept
      : save === true
        ? (kept ?? toLocalName(context.defaultName ?? 'token'))
        : checkLocalName(save, 'credential');
  const nothing = saveAs === null && destinations.length === 0 && !asked;
  if (nothing && !app.runtime.stdout.isTerminal) {
    throw usage(
      'no destination is given for the new secret',
      'add `--print`, `--save`, or `--to file:PATH`; nothing was sent',
    );
  }
  if (saveAs !== null && saveAs !== kept) {
    const taken = await (await app.store()).find(saveAs);
    if (taken) {
      const title = taken.provider === null ? null : await titleOf(app, taken.provider);
      throw nameTaken(taken, app.place?.provider ?? 'new', title);
    }
  }
  if (saveAs !== null) await app.store({ forWriting: true });
  let printed = false;
  const print = async (secret: Secret, item: DeliveredItem) => {
    await printSecret(app, secret, context.document(item, secret));
    printed = true;
  };
  return { saveAs, destinations, print: asked || nothing ? print : null, wasPrinted: () => printed };
}

/** Of a key without a secret. */
export const NO_DELIVERY: ParsedDelivery = {
  saveAs: null,
  destinations: [],
  print: null,
  wasPrinted: () => false,
};

/** Whether an option says where the secret is to go. */
export function asksForDelivery(input: Input): boolean {
  return destinations(input).some(({ isGiven }) => isGiven);
}

function destinations(input: Input) {
  return [
    { name: 'print', isGiven: input.flag('print') },
    { name: 'save', isGiven: input.textOrFlag('save') !== undefined },
    { name: 'to', isGiven: input.list('to').length > 0 },
  ];
}

/** Refuses --print, --save and --to where there is no secret: a script would take the table on stdout for the secret. */
export function refuseDelivery(input: Input, why: string, instead: string): void {
  const given = destinations(input).find(({ isGiven }) => isGiven);
  if (!given) return;
  const { name } = given;
  throw usage(`${why} for "--${name}"`, `leave "--${name}" out: ${instead}; nothing was sent`);
}

/** Where a new secret would go, for `--dry-run`, which refuses the same destinations as the command itself. */
export async function deliverySteps(
  app: DeliveryServices,
  input: Input,
  defaultName: string | null,
): Promise<readonly PlannedStep[]> {
  if (!asksForDelivery(input) && !app.runtime.stdout.isTerminal)
    return [{ step: 'deliver', what: 'then `--print`, `--save` or `--to` must say where the secret goes' }];
  const { saveAs, destinations, print } = await parseDelivery(app, input, {
    defaultName,
    isNew: true,
    // A dry run prints no secret.
    document: (_, secret) => secretDocument({}, secret),
  });
  return [
    ...(saveAs === null ? [] : [{ step: 'store', what: `save the secret in the store as "${saveAs}"` }]),
    ...destinations.map(({ label }) => ({ step: 'deliver', what: `write the secret to ${label}` })),
    ...(print ? [{ step: 'print', what: 'print the secret' }] : []),
  ];
}
