import { onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { filledIn, runPrinted } from '../../support/printed-commands.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { createTestHome } from '../../support/temp.ts';

export const TOOLS = ['bash', 'curl', 'sed', 'grep', 'date'];

/** The four vendors on a loopback port, an empty home, and a shell between them. */
export async function setUpPrinted(options: Omit<SandboxOptions, 'world'> = {}) {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const vendors = await startTestSandbox(options);
  onTestFinished(() => vendors.close());
  const run = (script: string, values: Readonly<Record<string, string>> = {}) =>
    runPrinted(filledIn(script, values), home.path);
  return { home, vendors, run, login: vendors.login, origin: vendors.origin };
}
