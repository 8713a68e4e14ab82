import { expect, it } from 'vitest';
import { type BulkResult, bulkLine, bulkSummary, fateOfError } from '../../../src/cli/documents/results.ts';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';

it.each<[code: ErrorCode, line: string, summary: string]>([
  ['pending', 'pending: "a": no disk; resume it', '0 done, 1 pending ("a"), 0 failed, 0 unknown, 0 skipped'],
  [
    'unavailable',
    'failed: "a": no disk (unavailable); resume it',
    '0 done, 1 failed ("a"), 0 unknown, 0 skipped',
  ],
])('%s has one word in the line and in the sum', (code, line, summary) => {
  const error = new AppError({ code, message: 'no disk', hint: 'resume it' });
  const facts = { reference: 'a', id: null, name: 'a', result: code, message: 'no disk', hint: 'resume it' };
  const result: BulkResult = { fate: fateOfError(error), label: '"a"', where: null, facts };
  expect([bulkLine(result), bulkSummary([result], null)]).toEqual([line, summary]);
});
