import { expect, it } from 'vitest';
import { nextStep } from '../../../src/cli/commands/login/login-report.ts';
import { loadProvider } from '../../../src/providers/registry.ts';

it.each([
  ['nothing is saved', [], '--name ci --save -p bb'],
  ['the usual name is saved', ['ci'], '--name ci --save ci-bb -p bb'],
  ['its substitute too', ['ci', 'ci-bb'], '--name ci --save ci-bb-2 -p bb'],
])('the proposed command saves under a free name: %s', async (_what, kept, words) => {
  const line = nextStep(await loadProvider('bluebricks'), 'bb', kept);
  expect(line).toContain(`\`keyturn tokens create ${words}\``);
});
