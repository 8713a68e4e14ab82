import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { readTranscript, TRANSCRIPTS, transcriptNames } from '../support/play-file.ts';
import { type Engine, playTranscript } from '../support/transcript.ts';
import { formatTranscript } from '../support/transcript-parse.ts';

// `RECORD=1 npx vitest run test/e2e/transcripts` writes what happens into the files. Read the difference: it is the contract.
const recording = process.env['RECORD'] === '1';

/** A transcript shows one subject, so that a reader takes it in at once. */
const MAX_TRANSCRIPT_LINES = 150;

const inProcess: Engine = (args, { home, env, stdin, time, remark }) => {
  const answers = [...remark.matchAll(/answers "([^"]*)"/g)].map((match) => match[1] ?? '');
  return runInProcess(args, {
    home: home.path,
    env,
    time,
    ...(stdin === undefined ? {} : { stdin }),
    ...(remark.startsWith('terminal') ? { answers } : {}),
    ...(remark.includes('stdout closed') ? { stdout: 'closed' as const } : {}),
    ...(remark.includes('stdout full') ? { stdout: 'full' as const } : {}),
  });
};

for (const name of transcriptNames('all')) {
  test(`transcript ${name}`, async () => {
    const { entries, differences, leaks } = await playTranscript(readTranscript(name), inProcess);
    expect(leaks.join('\n\n')).toBe('');
    if (recording) writeFileSync(join(TRANSCRIPTS, name), formatTranscript(entries));
    else expect(differences.join('\n\n')).toBe('');
  });
}

test.each(transcriptNames('all'))(`%s has at most ${MAX_TRANSCRIPT_LINES} lines`, (name) => {
  const lines = readTranscript(name).replace(/\n$/, '').split('\n');
  expect(lines.length, 'split the transcript by subject').toBeLessThanOrEqual(MAX_TRANSCRIPT_LINES);
});
