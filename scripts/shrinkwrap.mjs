// npm-shrinkwrap.json: the exact versions that were tested, for who installs keyturn. It is made of package-lock.json while
// npm packs, and is in the package only: beside package-lock.json npm would read it instead, without what tests need.
// Without an option it is printed; `--write` (prepack) and `--remove` (postpack) make the file and take it away.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT, SHRINKWRAP } from './lib.mjs';

const [option] = process.argv.slice(2);
if (option === '--remove') rmSync(SHRINKWRAP, { force: true });
else {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const text = `${JSON.stringify(shrinkwrapOf(lock), null, 2)}\n`;
  if (option === '--write') writeFileSync(SHRINKWRAP, text);
  else process.stdout.write(text);
}

function shrinkwrapOf({ packages, ...rest }) {
  const { '': root, ...others } = packages;
  const { devDependencies: _, ...ours } = root;
  const runtime = Object.entries(others).filter(([, { dev }]) => !dev);
  for (const [path, each] of runtime) check(path, each);
  return { ...rest, packages: { '': ours, ...Object.fromEntries(runtime.map(withoutDev)) } };
}

/** `devOptional`: optional for keyturn, and needed by its tests. */
function withoutDev([path, { devOptional, ...each }]) {
  return [path, devOptional ? { ...each, optional: true } : each];
}

function check(path, { version, integrity, hasInstallScript, link }) {
  if (link || !/^\d+\.\d+\.\d+/.test(version ?? '') || !integrity)
    fail(`package-lock.json does not say what "${path}" must be; run \`npm install --package-lock-only\``);
  if (hasInstallScript) fail(`"${path}" runs a script when it is installed; keyturn uses no such package`);
}
