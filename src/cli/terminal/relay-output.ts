/**
 * A program of its own: `keyturn run` has ended, and programs that its child left behind still write. The request is
 * JSON on stdin, and the pipes are open already.
 */
import { nodeRuntime } from '../node-runtime.ts';

const LONGEST = 16 * 1024 * 1024;

void relay();

async function relay(): Promise<void> {
  const { host, stdin, stop } = nodeRuntime();
  const { relayOutput } = await import('../../adapters/child/relay-output.ts');
  relayOutput(host, await stdin.read(LONGEST), stop);
}
