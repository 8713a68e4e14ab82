// `npm run proof`: installs, builds, and runs at length what shows that a rotation loses nothing: the model with every
// fault, the built command killed at every effect and at random instants, and the fault matrix. How long it takes: docs/proof.md. Arguments are handed to vitest: `npm run proof -- test/process/devo.test.ts`.
// KEYTURN_PROOF_SEED and KEYTURN_SEED choose other random cases; the table names the ones that were used.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, ensureInstalled, ROOT, run, tool } from './lib.mjs';

/** How a test tells what it did: `what: 12 cases, 0 failures: how they ended`. */
const TOLD = /^(.+): (\d+) cases, (\d+) failures: (.*)$/;

ensureInstalled();
await build();
run('bash', [join(ROOT, 'test', 'setup-system.sh')]);

const started = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'keyturn-proof-'));
const file = join(folder, 'results.json');
const args = ['run', '--config', 'vitest.proof.config.ts', '--reporter=default', '--reporter=json'];
const tests = spawn(tool('vitest'), [...args, `--outputFile.json=${file}`, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const told = [];
for await (const line of createInterface({ input: tests.stdout })) {
  console.log(line);
  const [, what, cases, failures, ends] = TOLD.exec(line.replaceAll(/\u001b\[[0-9;]*m/g, '')) ?? [];
  if (what !== undefined) told.push({ what, cases: Number(cases), failures: Number(failures), ends });
}
const code = await new Promise((resolve) => {
  if (tests.exitCode !== null) resolve(tests.exitCode);
  else tests.on('close', resolve);
});

let results;
try {
  results = JSON.parse(readFileSync(file, 'utf8'));
} catch {
  console.error('the test runner left no results');
  process.exit(1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const all = results.testResults.flatMap((each) => each.assertionResults);
const named = (status) => all.filter((each) => each.status === status).map((each) => each.fullName);
const skipped = [...named('pending'), ...named('skipped')];
const failed = named('failed');
const sum = (values) => values.reduce((total, value) => total + value, 0);
const count = (word) =>
  sum(told.map(({ ends }) => Number(new RegExp(`\\b${word} (\\d+)`).exec(ends)?.[1] ?? 0)));

const width = Math.max(20, ...told.map(({ what }) => what.length));
console.log(`\n${'WHAT'.padEnd(width)}  ${'CASES'.padStart(7)}  FAILURES  ENDED`);
for (const { what, cases, failures, ends } of told) {
  console.log(
    `${what.padEnd(width)}  ${String(cases).padStart(7)}  ${String(failures).padStart(8)}  ${ends}`,
  );
}
const total = sum(told.map(({ cases }) => cases));
console.log(
  `${'all'.padEnd(width)}  ${String(total).padStart(7)}  ${String(sum(told.map((one) => one.failures))).padStart(8)}`,
);
for (const name of skipped) console.log(`skipped: ${name}`);
for (const name of failed) console.log(`failed: ${name}`);
console.log(
  `\nprocesses killed: lost ${count('lost')}, stranded ${count('stranded')}, leaked ${count('leaked')}`,
);
console.log(
  `${results.numPassedTests} tests passed, ${failed.length} failed, ${skipped.length} skipped, in ${Math.round((Date.now() - started) / 60_000)} minutes`,
);
const broken = results.testResults.some((each) => each.status === 'failed');
process.exitCode = code !== 0 || failed.length > 0 || broken || results.numPassedTests === 0 ? 1 : 0;
