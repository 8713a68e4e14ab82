#!/usr/bin/env node
// Syntax of Node 12 only, and nothing is loaded before the version is looked at: an older Node must get as far as the
// line that says so. `package.json` beside this file makes it CommonJS, which Node 20 starts faster.

if (isTooOld(process.versions.node)) {
  const least =
    process.versions.node.startsWith('2') && !process.versions.node.startsWith('20.') ? '22.3' : '20.19';
  process.stderr.write(`keyturn needs Node.js ${least} or later; this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Should the work stop without an end, that is no success.
  process.exitCode = 1;
  start(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}

/** 21.0 and 22.0 are later than 20.19 and yet lack what it has. */
function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19) || typeof process.getBuiltinModule !== 'function';
}

async function start(argv) {
  try {
    if (argv.length < 2 && (argv[0] || '-').startsWith('-') && printsQuickAnswer(argv)) return 0;
    // A reader that goes away (`| head`) is told to us by the write itself; unhandled, Node would print a stack trace.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
    const { main, nodeRuntime } = require('../dist/cli/start.cjs');
    return await main(argv, nodeRuntime());
  } catch (error) {
    if (!(error instanceof Error) || error.code !== 'MODULE_NOT_FOUND') throw error;
    process.stderr.write(
      'keyturn: it is not built here, "dist" is missing or incomplete; run `npm run build`\n',
    );
    return 1;
  }
}

/**
 * Whether `--version` or `--help` was printed. It writes to the file descriptor: to make `process.stdout` costs more than all the rest. What
 * cannot be written is left to `main`, which waits, or says why.
 */
function printsQuickAnswer(argv) {
  const { quickAnswer } = require('../dist/cli/quick-answer.cjs');
  const fs = require('node:fs');
  try {
    const columns = () => (fs.fstatSync(1).isCharacterDevice() && process.stdout.columns) || 80;
    const text = quickAnswer(argv, columns);
    if (text === null) return false;
    const bytes = Buffer.from(text);
    return fs.writeSync(1, bytes) === bytes.length;
  } catch (error) {
    return error.code === 'EPIPE';
  }
}
