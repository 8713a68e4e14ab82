import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/cli-process.ts';
import { NOT_PROVED, PROVED } from './matrix.ts';

const NUMBERS = Array.from({ length: 98 }, (_, index) => index + 1);

/** The table cannot promise a test that is not there: each title must stand in its file as the title of something. */
describe('the fault matrix', () => {
  for (const number of NUMBERS) {
    const proofs = PROVED[number] ?? [];
    test(`#${number} ${proofs.length > 0 ? 'is proved where the table says' : 'is told as not proved, with why'}`, () => {
      for (const { file, title } of proofs) {
        const source = readFileSync(join(ROOT, file), 'utf8');
        const quoted = ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}`));
        expect(quoted, `"${title}" in ${file}`).toBe(true);
      }
      const why = NOT_PROVED[number];
      expect(proofs.length > 0).toBe(why === undefined);
      if (why !== undefined) expect(readDoc()).toContain(`| ${number} | ${why} |`);
    });
  }

  test('has 98 numbers and no other', () => {
    const told = [...Object.keys(PROVED), ...Object.keys(NOT_PROVED)].map(Number).sort((a, b) => a - b);
    expect(told).toEqual(NUMBERS);
  });
});

function readDoc(): string {
  return readFileSync(join(ROOT, 'docs', 'proof.md'), 'utf8');
}
