// `npm test`: installs, builds, sets up the system parts where it may, runs every test, and counts.
// Arguments are handed to vitest: `npm test -- test/unit/domain`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, ensureInstalled, ROOT, run, tool } from './lib.mjs';

ensureInstalled();
await build();
run('bash', [join(ROOT, 'test', 'setup-system.sh')]);

const folder = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
const file = join(folder, 'results.json');
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
  ...process.argv.slice(2),
];
const done = spawnSync(tool('vitest'), args, { cwd: ROOT, stdio: 'inherit' });
let results;
try {
  results = JSON.parse(readFileSync(file, 'utf8'));
} catch {
  console.error('the test runner left no results');
  process.exit(done.status || 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const skipped = results.testResults
  .flatMap((each) => each.assertionResults)
  .filter((each) => each.status === 'pending' || each.status === 'skipped');
for (const each of skipped) console.log(`skipped: ${each.fullName}`);
// A file that cannot be loaded fails no test by itself; it counts as one.
const broken = results.testResults.filter(
  (each) => each.status === 'failed' && each.assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = results.numFailedTests + broken;
console.log(
  `${results.numPassedTests} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
);
process.exitCode = failed > 0 || results.numPassedTests === 0 ? 1 : (done.status ?? 1);
