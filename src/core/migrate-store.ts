import type { StoreKind } from '../domain/credential.ts';
import { AppError, usage } from '../domain/errors.ts';
import type { JournalHost } from '../ports/journal.ts';
import type { Guard, StoreMigration } from '../ports/store-migration.ts';
import { refuseUnfinished } from './operation/conflicts.ts';

export interface MigrateRequest {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly dryRun: boolean;
}

export interface MigrateDeps {
  readonly migration: StoreMigration;
  /** The journals of unfinished operations are sealed under the key that would go. */
  readonly journal: Pick<JournalHost, 'list' | 'whileNoneBegins'>;
  /** Asks before secrets that were sealed lie in clear; throws where nobody agrees. */
  readonly agreeToClear: () => Promise<void>;
}

export interface MigrateResult {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly done: boolean;
  readonly path: string;
  readonly credentials: readonly string[];
  readonly secrets: number;
  readonly oldKeyRemains: boolean;
  readonly sharedItem: string | null;
}

const WHAT = 'a migration';

/** Moves the store from one kind to another, or to a fresh key of the same kind. Opens everything first. */
export async function migrateStore(deps: MigrateDeps, request: MigrateRequest): Promise<MigrateResult> {
  const { from, to, dryRun } = request;
  if (from === 'file' && to === 'file') {
    throw usage('a "file" store has no key to replace', 'name another store with `--to`');
  }
  refuseUnfinished(await deps.journal.list(), WHAT);
  const found = await deps.migration.inventory();
  if (found.kind === null) {
    throw new AppError({
      code: 'not-found',
      message: `there is nothing to migrate: no "${found.path}"`,
      hint: `choose the store at login: \`--store ${to}\``,
    });
  }
  if (found.kind !== from) {
    if (found.kind === 'file' && to === 'file')
      throw usage('the store is "file" already', 'there is nothing to migrate');
    throw usage(
      `the store is "${found.kind}", not "${from}"`,
      `run \`keyturn credentials migrate --from ${found.kind} --to ${to}\``,
    );
  }
  const { path, credentials, secrets } = found;
  if (dryRun)
    return { from, to, done: false, path, credentials, secrets, oldKeyRemains: false, sharedItem: null };
  if (to === 'file') await deps.agreeToClear();
  const guard: Guard = (work) =>
    deps.journal.whileNoneBegins(async (now) => {
      refuseUnfinished(now, WHAT);
      return work();
    });
  return { from, to, done: true, path, ...(await deps.migration.reseal(from, to, guard)) };
}
