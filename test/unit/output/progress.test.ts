import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from '../../../src/output/progress.ts';

async function run(options: { isTerminal: boolean; ci: boolean; quiet: boolean }) {
  const raw = new PassThrough();
  let spun = '';
  raw.on('data', (chunk: Buffer) => {
    spun += chunk.toString();
  });
  const lines: string[] = [];
  const stream = { isTerminal: options.isTerminal, write: (text: string) => void lines.push(text) };
  const progress = await createProgress({ stream, raw, ci: options.ci, quiet: options.quiet });
  progress.phase('finding the token');
  progress.phase('asking the provider');
  progress.stop();
  return { lines, spun };
}

const PLAIN = ['finding the token\n', 'asking the provider\n'];

it.each([
  ['off a terminal', { isTerminal: false, ci: false, quiet: false }, PLAIN],
  ['in CI, though on a terminal', { isTerminal: true, ci: true, quiet: false }, PLAIN],
  ['asked to be quiet', { isTerminal: true, ci: false, quiet: true }, []],
  ['asked to be quiet off a terminal', { isTerminal: false, ci: false, quiet: true }, []],
])('%s: plain lines, no spinner', async (_, options, lines) => {
  expect(await run(options)).toEqual({ lines, spun: '' });
});

it('on a terminal: a spinner, and no lines', async () => {
  const { lines, spun } = await run({ isTerminal: true, ci: false, quiet: false });
  expect(lines).toEqual([]);
  expect(spun).toContain('finding the token');
});
