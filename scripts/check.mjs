// `npm run check`: types, lint and format, generated files, then every test. Green at every commit.
import { ensureInstalled, run, tool } from './lib.mjs';

ensureInstalled();
run(tool('tsc'), ['-p', 'tsconfig.test.json']);
run(tool('biome'), ['check', '--error-on-warnings', '.']);
run('node', ['scripts/generate.mjs', '--check']);
run('node', ['scripts/test.mjs']);
