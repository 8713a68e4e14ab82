import { expect, test } from 'vitest';
import { bodyOf, safeBodyOf } from '../../../src/cli/documents/rotation.ts';
import { maskLines } from '../../../src/cli/services/show-secret.ts';
import { checkShown } from '../../support/runner-check.ts';

const HOSTILE: readonly string[] = [
  '\u001b]52;c;cm0gLXJmIH4=\u0007',
  '\u001b[2J\u001b]0;title\u0007',
  '{"a":1}\n::set-env name=PATH::/tmp/evil',
  'x\r::add-path::/tmp/evil',
  '##vso[task.prependpath]/tmp/evil',
  '##[command]x',
  '\u009b2J',
  '\u202eabc',
];

const captured = (text: string) =>
  ({ bytes: new TextEncoder().encode(text) }) as Parameters<typeof bodyOf>[0];

test.each(HOSTILE)('E5: an answer that is read by a person acts on nothing: %j', (text) => {
  const shown = safeBodyOf(captured(text)).reveal();
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  for (const env of [{ GITHUB_ACTIONS: 'true' }, { TF_BUILD: 'True' }]) {
    checkShown({ stdout: `${shown}\n`, stderr: '', env });
    for (const line of maskLines(env, text)) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
  expect(bodyOf(captured(text)).reveal()).toBe(text);
});
