// The built command with every request through the client that TEST_CLIENT names, and where NODE_DEBUG is hidden from it but
// not from Node: what Node prints then is all that keyturn gives it to print. The command refuses the variable; this shows
// what it would be worth without that.
import { main, nodeRuntime } from '../../dist/cli/start.cjs';

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const client = process.env.TEST_CLIENT;
const runtime = nodeRuntime();
const { NODE_DEBUG: _, ...env } = runtime.env;
process.exitCode = await main(process.argv.slice(2), {
  ...runtime,
  env,
  decorate: { chooseClient: client && (() => client) },
});
