// The built command; the last line of stderr is JSON of what it loaded: modules of packages and of Node, and WebAssembly.
import { createRequire } from 'node:module';
import { main, nodeRuntime } from '../../dist/cli/start.cjs';

const wasm = [];
for (const name of ['compile', 'instantiate']) {
  const original = WebAssembly[name];
  WebAssembly[name] = (bytes, ...more) => {
    wasm.push(new Error().stack.split('\n')[2]?.trim() ?? '');
    return original(bytes, ...more);
  };
}
WebAssembly.Module = new Proxy(WebAssembly.Module, {
  construct: (target, given) => {
    wasm.push(new Error().stack.split('\n')[2]?.trim() ?? '');
    return new target(...given);
  },
});
const client = process.env.TEST_CLIENT;
process.exitCode = await main(process.argv.slice(2), {
  ...nodeRuntime(),
  decorate: { chooseClient: client && (() => client) },
});
const { cache } = createRequire(import.meta.url);
process.stderr.write(
  `${JSON.stringify({ wasm, packages: Object.keys(cache), node: process.moduleLoadList })}\n`,
);
