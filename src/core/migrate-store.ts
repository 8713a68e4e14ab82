import type { StoreKind } from '../domain/credential.ts';
import { AppError, usage } from '../domain/errors.ts';
import type { StoreMigration } from '../ports/store-migration.ts';

export interface MigrateRequest {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly dryRun: boolean;
}

export interface MigrateDeps {
  readonly migration: StoreMigration;
  /** How many rotations are unfinished; their journals are sealed under the key that would go. */
  readonly openRotations: () => Promise<number>;
}

export interface MigrateResult {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly done: boolean;
  readonly path: string;
  readonly credentials: readonly string[];
  readonly secrets: number;
  readonly oldKeyRemains: boolean;
}

/** Moves the store from one kind to another, or to a fresh key of the same kind. Opens everything first. */
export async function migrateStore(deps: MigrateDeps, request: MigrateRequest): Promise<MigrateResult> {
  const { from, to, dryRun } = request;
  if (from === 'file' && to === 'file') {
    throw usage('a "file" store has no key to replace', 'name another store with `--to`');
  }
  const open = await deps.openRotations();
  if (open > 0) {
    throw new AppError({
      code: 'conflict',
      message: `${open} ${open === 1 ? 'rotation is' : 'rotations are'} unfinished`,
      hint: 'finish them first: `keyturn rotations resume`',
    });
  }
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
  if (dryRun) return { from, to, done: false, path, credentials, secrets, oldKeyRemains: false };
  return { from, to, done: true, path, ...(await deps.migration.reseal(from, to)) };
}
