// `npm run bench [-- start|list|rotate|grow] [--quick]`: what keyturn costs, each beside its rival in the same run. It measures what is
// built: run `npm run build` first. `--quick` is smaller, for a look within a minute.
import { grow } from './grow.mjs';
import { list } from './list.mjs';
import { rotate } from './rotate.mjs';
import { start } from './start.mjs';

const isQuick = process.argv.includes('--quick');
const PARTS = {
  start: () => start({ rounds: isQuick ? 3 : 15 }),
  list: () => list({ tokens: isQuick ? 2_000 : 100_000 }),
  rotate: () => rotate({ tokens: isQuick ? 16 : 200 }),
  grow: () => grow({ isQuick }),
};
const named = process.argv.slice(2).filter((word) => word !== '--quick');
const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`no benchmark "${unknown}": ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
let isTooSteep = false;
for (const name of named.length > 0 ? named : Object.keys(PARTS)) {
  isTooSteep = (await PARTS[name]()) === false || isTooSteep;
}
process.exit(isTooSteep ? 1 : 0);
