import { parseDuration } from '../../domain/duration.ts';
import type { Command } from '../command.ts';

export const sandbox: Command = {
  options: [
    { flags: '--port <n>', about: 'the port on 127.0.0.1 (default: any free one)' },
    { flags: '--latency <duration>', about: 'wait this long before each answer' },
    {
      flags: '--fault <rule...>',
      about: "misbehave: 'POST /api/v1/auth/key reset-after'; see docs/sandbox.md",
    },
    { flags: '--state <file>', about: 'keep what happens in this file, and go on from it' },
    { flags: '--seed-tokens <n>', about: 'begin with so many tokens at each vendor' },
    { flags: '--errova-bearer-create', about: 'let an Errova machine token mint another' },
    { flags: '--devo-create-returns-token', about: 'let Devo’s create answer with the value' },
  ],
  details:
    'Plays Errova, Devo, Prefactor and Bluebricks until it is stopped. With --json the first line on stdout is one document with the origin and the credentials to log in with.',
  examples: ['keyturn sandbox', "keyturn sandbox --port 4080 --fault 'POST *rotate hang-after x1'"],
  async run(app, input) {
    const { runSandbox } = await import('../run-sandbox.ts');
    const latency = input.text('latency');
    await runSandbox(app, {
      port: input.wholeNumber('port', { min: 0, max: 65_535 }) ?? 0,
      latencyMs: latency === undefined ? 0 : parseDuration(latency, '"--latency"'),
      faults: input.list('fault'),
      stateFile: input.text('state') ?? null,
      seedTokens: input.wholeNumber('seed-tokens', { min: 1, max: 100_000 }) ?? 0,
      assumptions: {
        errovaBearerCreate: input.flag('errova-bearer-create'),
        devoCreateReturnsToken: input.flag('devo-create-returns-token'),
      },
    });
    return { shape: 'written' };
  },
};
