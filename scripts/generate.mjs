// `npm run generate`: everything that is made from the code: completions, the tables in the docs, the version.
// With --check nothing is written, and a difference is a failure.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, ensureInstalled, packageJson, ROOT } from './lib.mjs';

const check = process.argv.includes('--check');
ensureInstalled();
build();
const { generatedFiles, versionModule } = await import(
  pathToFileURL(join(ROOT, 'dist', 'cli', 'generated.js')).href
);

const files = new Map(Object.entries(await generatedFiles((path) => readOrEmpty(path))));
files.set('src/cli/version.ts', versionModule(packageJson().version));
const drifted = [...files].filter(([path, text]) => readOrEmpty(path) !== text);
for (const [path, text] of drifted) {
  if (check) console.error(`${path} differs from what the code makes; run \`npm run generate\``);
  else {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
process.exitCode = check && drifted.length > 0 ? 1 : 0;

function readOrEmpty(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return '';
  }
}
