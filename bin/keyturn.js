#!/usr/bin/env node
// Syntax of Node 12 only, and nothing is imported before the version is looked at: an older Node must get as far as the
// line that says so.

// A reader that goes away (`| head`) is told to us by the write itself; unhandled, Node would print a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

if (isTooOld(process.versions.node)) {
  const least =
    process.versions.node.startsWith('2') && !process.versions.node.startsWith('20.') ? '22.3' : '20.19';
  process.stderr.write(`keyturn needs Node.js ${least} or later; this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Should the work stop without an end, that is no success.
  process.exitCode = 1;
  start().then((code) => {
    process.exitCode = code;
  });
}

/** 21.0 and 22.0 are later than 20.19 and yet lack what it has. */
function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19) || typeof process.getBuiltinModule !== 'function';
}

async function start() {
  try {
    const [{ main }, { nodeRuntime }] = await Promise.all([
      import('../dist/cli/main.js'),
      import('../dist/cli/node-runtime.js'),
    ]);
    return await main(process.argv.slice(2), nodeRuntime());
  } catch (error) {
    if (!(error instanceof Error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write(
      'keyturn: it is not built here, "dist" is missing or incomplete; run `npm run build`\n',
    );
    return 1;
  }
}
