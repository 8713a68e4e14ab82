import { AppError, isAppError } from '../../domain/errors.ts';
import type { ListedToken } from '../../domain/token.ts';
import { failureOf, isFailure, type OperationResult } from '../operation/result.ts';

export interface ManyTask {
  readonly token: ListedToken;
  run(): Promise<OperationResult>;
}

export interface ManyOptions {
  readonly concurrency: number;
  /** Stop starting new ones after so many failures in a row: whatever is wrong is wrong for all. */
  readonly maxFailures: number;
  progress(line: string): void;
}

export interface ManyResult {
  readonly token: ListedToken;
  /** It was not started. */
  readonly skipped?: true;
  /** Null when it was not started, or failed before anything was sent. */
  readonly result: OperationResult | null;
  readonly error: AppError | null;
}

/** Rotates several tokens, a few at a time; each has its own result, and those that were not started say so. */
export async function rotateMany(
  tasks: readonly ManyTask[],
  options: ManyOptions,
): Promise<readonly ManyResult[]> {
  const results = new Map<ManyTask, ManyResult>();
  const waiting = [...tasks];
  let failuresInARow = 0;
  const worker = async (): Promise<void> => {
    while (failuresInARow < options.maxFailures) {
      const task = waiting.shift();
      if (!task) return;
      const done = await runOne(task);
      results.set(task, done);
      failuresInARow = done.error === null ? 0 : failuresInARow + 1;
      options.progress(
        `${results.size} of ${tasks.length}: ${shown(task.token)} ${done.error === null ? 'rotated' : done.error.code}`,
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, tasks.length) }, worker));
  return tasks.map((task) => results.get(task) ?? notStarted(task, options.maxFailures));
}

async function runOne(task: ManyTask): Promise<ManyResult> {
  try {
    const result = await task.run();
    return {
      token: task.token,
      result,
      error: isFailure(result) ? failureOf(result) : null,
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { token: task.token, result: null, error };
  }
}

function notStarted(task: ManyTask, failures: number): ManyResult {
  const error = new AppError({
    code: 'cancelled',
    message: `not started: ${failures} before it failed in a row`,
  });
  return { token: task.token, result: null, error, skipped: true };
}

function shown({ id, name }: ListedToken): string {
  return name === null ? `id ${id}` : `"${name}" (id ${id})`;
}
