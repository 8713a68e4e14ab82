// Compiles src/providers/definitions/*.yaml to src/providers/compiled/*.ts. With --check nothing is written, and a difference is
// a failure. A script of its own, for it has to run before whatever loads a provider is compiled.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, ROOT, run, tool } from './lib.mjs';

const FROM = join('src', 'providers', 'definitions');
const TO = join('src', 'providers', 'compiled');

/** Ends the script where a definition is not right, or where `check` finds a difference. */
export async function compileDefinitions({ check }) {
  const compiled = join(ROOT, '.tmp', `definitions-${process.pid}`);
  try {
    // Node cannot run the compiler's TypeScript itself.
    run(tool('tsc'), ['-p', 'tsconfig.definitions.json', '--outDir', compiled]);
    const entry = pathToFileURL(join(compiled, 'scripts', 'generate', 'definitions.js'));
    const { compiledModule } = await import(entry.href);
    for (const name of readdirSync(join(ROOT, FROM)).filter((file) => file.endsWith('.yaml'))) {
      const text = await compiledModule(readFileSync(join(ROOT, FROM, name)), join(FROM, name));
      keep(join(TO, name.replace('.yaml', '.ts')), text, check);
    }
  } catch (error) {
    // A definition that is not right is an `AppError`, with what is wrong and where.
    console.error(error.facts === undefined ? error : error.message);
    process.exitCode = 1;
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
  if (process.exitCode) process.exit();
}

function keep(path, text, check) {
  const target = join(ROOT, path);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
  if (check)
    throw Object.assign(new Error(`${path} differs from its definition; run \`npm run generate\``), {
      facts: {},
    });
  mkdirSync(join(ROOT, TO), { recursive: true });
  writeFileSync(target, text);
  console.log(`wrote ${path}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  await compileDefinitions({ check: process.argv.includes('--check') });
}
