// `npm run generate`: everything that is made from the code: completions, JSON Schemas, the tables in the docs, the version.
// With --check nothing is written, and a difference is a failure.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileDefinitions } from './definitions.mjs';
import { ensureInstalled, packageJson, ROOT, run, tool } from './lib.mjs';

const check = process.argv.includes('--check');
ensureInstalled();
// What follows loads the providers, and with them what is made here.
await compileDefinitions({ check });
// Node cannot run the generator's TypeScript itself.
const compiled = join(ROOT, '.tmp', `generate-${process.pid}`);
run(tool('tsc'), ['-p', 'tsconfig.generate.json', '--outDir', compiled]);
const entry = pathToFileURL(join(compiled, 'scripts', 'generate', 'files.js'));
const { generatedFiles, topHelpModule, versionModule } = await import(entry.href);

const files = new Map(Object.entries(await generatedFiles((path) => readOrEmpty(path))));
files.set('src/cli/version.ts', versionModule(packageJson().version));
files.set('src/cli/top-help.ts', await topHelpModule());
const drifted = [...files].filter(([path, text]) => readOrEmpty(path) !== text);
for (const [path, text] of drifted) {
  if (check) console.error(`${path} differs from what the code makes; run \`npm run generate\``);
  else {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
rmSync(compiled, { recursive: true, force: true });
process.exitCode = check && drifted.length > 0 ? 1 : 0;

function readOrEmpty(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return '';
  }
}
