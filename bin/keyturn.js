#!/usr/bin/env node
// A reader that goes away (`| head`) is told to us by the write itself; unhandled, Node would print a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await start();

async function start() {
  try {
    const [{ main }, { nodeRuntime }] = await Promise.all([
      import('../dist/cli/main.js'),
      import('../dist/cli/node-runtime.js'),
    ]);
    return await main(process.argv.slice(2), nodeRuntime());
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write(
      'keyturn: it is not built here, "dist" is missing or incomplete; run `npm run build`\n',
    );
    return 1;
  }
}
