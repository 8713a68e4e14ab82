import { connectedAccount } from '../../core/connected-account.ts';
import { loginCommand, placeOf } from '../../core/create-command.ts';
import { waitsUntil } from '../../core/operation/waiting.ts';
import type { ResolvedConnection } from '../../core/resolved-connection.ts';
import { isAppError } from '../../domain/errors.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import { SOON_MS } from '../../domain/time.ts';
import { isStructured } from '../../output/report.ts';
import { isUnfinished, type OperationSummary } from '../../ports/journal.ts';
import { isCi } from '../terminal/attended.ts';
import type { Services } from './services.ts';

const ONCE_A_MS = 86_400_000;

/**
 * Lines on stderr that a person should see and a program must not: an unfinished operation for this connection, each
 * time; a managing credential that ends soon, once in 24 hours. Never in structured output, in CI, or with --quiet.
 */
export async function remind(
  app: Pick<Services, 'disk' | 'globals' | 'journalHost' | 'note' | 'paths' | 'runtime'>,
  resolved: ResolvedConnection,
  expiresAt: string | null,
): Promise<void> {
  const { format, quiet } = app.globals;
  if (quiet || isStructured(format)) return;
  await remindOfOperations(app, resolved);
  if (!isCi(app.runtime.env) && expiresAt !== null) await remindOfExpiry(app, resolved, expiresAt);
}

async function remindOfOperations(
  app: Pick<Services, 'disk' | 'journalHost' | 'note' | 'paths' | 'runtime'>,
  resolved: ResolvedConnection,
): Promise<void> {
  const operations = await unfinished(app);
  if (operations.length === 0) return;
  const { aboutOperation, accountOf } = await import('../../core/operation/plan.ts');
  const place = connectedAccount(resolved);
  const open = operations.filter(({ header }) => compareAccounts(accountOf(header), place) !== 'other');
  const [first] = open;
  if (!first) return;
  const more = open.length > 1 ? ` (and ${open.length - 1} more)` : '';
  app.note(`unfinished: ${aboutOperation(first.header)}${more}; \`keyturn rotations list\``);
}

/** Where the folder cannot be read, or others can write to it, there is no reminder; commands that change something refuse that folder. */
async function unfinished(
  app: Pick<Services, 'disk' | 'journalHost' | 'paths' | 'runtime'>,
): Promise<readonly OperationSummary[]> {
  try {
    // Most often the folder is empty, and the journal need not be loaded.
    const { state } = await app.paths();
    if ((await (await app.disk()).list(`${state}/attempts`)).length === 0) return [];
    const { operations } = await (await app.journalHost()).list({ only: 'unfinished' });
    // An operation in its grace period needs nothing yet.
    const now = app.runtime.clock.now();
    return operations.filter((operation) => isUnfinished(operation) && waitsUntil(operation, now) === null);
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
}

/** As {@link remind}, for commands that only read the store: the unfinished operations of these credentials. */
export async function remindOfEntries(
  app: Pick<Services, 'disk' | 'globals' | 'journalHost' | 'note' | 'paths' | 'runtime'>,
  names: readonly string[],
): Promise<void> {
  const { format, quiet } = app.globals;
  if (quiet || isStructured(format)) return;
  const operations = await unfinished(app);
  if (operations.length === 0) return;
  const { aboutOperation, readPlanOrNull } = await import('../../core/operation/plan.ts');
  for (const { header } of operations) {
    const entry = readPlanOrNull(header.plan)?.entry?.name;
    if (entry !== undefined && names.includes(entry))
      app.note(`unfinished: ${aboutOperation(header)}; \`keyturn rotations list\``);
  }
}

async function remindOfExpiry(
  app: Pick<Services, 'disk' | 'note' | 'paths' | 'runtime'>,
  resolved: ResolvedConnection,
  expiresAt: string,
): Promise<void> {
  const { provider, profile } = resolved;
  const now = app.runtime.clock.now();
  const left = Date.parse(expiresAt) - now;
  if (left > SOON_MS || left <= 0) return;
  const name = profile?.name ?? provider.id;
  if (!(await isDue(app, `expiry-${name}`, now))) return;
  app.note(`the credential of "${name}" ends at ${expiresAt}; \`${loginCommand(placeOf(resolved))}\``);
}

/** The time of the last reminder is in the name of an empty file; where the folder cannot be written, there is no reminder. */
async function isDue(app: Pick<Services, 'disk' | 'paths'>, what: string, now: number): Promise<boolean> {
  const name = `${what}-at-${now}`;
  try {
    const { cache } = await app.paths();
    const disk = await app.disk();
    await disk.makeFolder(cache, 0o700);
    const seen = (await disk.list(cache)).filter((each) => each.startsWith(`${what}-at-`));
    if (seen.some((each) => isWithinADay(Number(each.slice(`${what}-at-`.length)), now))) return false;
    for (const old of seen) await disk.remove(`${cache}/${old}`);
    await (await disk.create(`${cache}/${name}`, 0o600)).close();
    return true;
  } catch {
    return false;
  }
}

/** A time in the future means that the clock was set back; the reminder is shown then. */
function isWithinADay(then: number, now: number): boolean {
  return then <= now && now - then < ONCE_A_MS;
}
