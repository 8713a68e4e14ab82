import { expect, test } from 'vitest';
import { BUILT } from '../support/cli-process.ts';
import { processEngine, readTranscript, transcriptNames } from '../support/play-file.ts';
import { playTranscript } from '../support/transcript.ts';

// The same transcripts through real processes: real pipes, real exit codes, command lines that anybody may read.
for (const name of transcriptNames('built')) {
  test.concurrent(`${name} through the built command`, { timeout: 120_000 }, async () => {
    const { differences, leaks } = await playTranscript(readTranscript(name), processEngine(BUILT));
    expect(leaks.join('\n\n')).toBe('');
    expect(differences.join('\n\n')).toBe('');
  });
}
