#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { nodeRuntime } from '../dist/cli/node-runtime.js';

// A reader that goes away (`| head`) is told to us by the write itself; unhandled, Node would print a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2), nodeRuntime());
