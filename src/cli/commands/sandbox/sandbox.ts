import { parseTimeout } from '../../../domain/duration.ts';
import type { Command } from '../../arguments/command.ts';

export const command: Command = {
  needsNoSecret: true,
  options: [
    { flags: '--port <n>', about: 'the port on 127.0.0.1 (default: any free one)' },
    { flags: '--latency <duration>', about: 'wait this long before each answer' },
    {
      flags: '--fault <rule...>',
      about: "fail on purpose: 'POST /api/v1/auth/key reset-after'; see docs/sandbox.md",
    },
    { flags: '--state <file>', about: 'save the state in this file, and start from it' },
    { flags: '--seed-tokens <n>', about: 'start with N tokens at each vendor' },
    {
      flags: '--assume <name=value...>',
      about: "play another undocumented answer: 'errovaPaging=nextCursor'; see docs/sandbox.md",
    },
    { flags: '--devo-domain <domain>', about: 'the domain at Devo, such as child@parent (default: acme)' },
    { flags: '--errova-bearer-create', about: 'the same as --assume errovaBearerCreate=true' },
    { flags: '--devo-create-returns-token', about: 'the same as --assume devoCreateReturnsToken=true' },
  ],
  details:
    'Simulates Errova, Devo, Prefactor and Bluebricks until it is stopped. With --json the first line on stdout is one document with the origin and the credentials to log in with.',
  examples: [
    'keyturn sandbox',
    "keyturn sandbox --port 4080 --fault 'POST *rotate hang-after x1'",
    'keyturn sandbox --assume errovaLists=404 --assume devo.endings=silent',
  ],
  async run(app, input) {
    const { runSandbox } = await import('./run-sandbox.ts');
    const latency = input.text('latency');
    await runSandbox(app, {
      port: input.wholeNumber('port', { min: 0, max: 65_535 }) ?? 0,
      latencyMs: latency === undefined ? 0 : parseTimeout(latency, '"--latency"'),
      faults: input.list('fault'),
      stateFile: input.text('state') ?? null,
      seedTokens: input.wholeNumber('seed-tokens', { min: 1, max: 100_000 }) ?? 0,
      assumed: [
        ...(input.flag('errova-bearer-create') ? ['errovaBearerCreate=true'] : []),
        ...(input.flag('devo-create-returns-token') ? ['devoCreateReturnsToken=true'] : []),
        ...input.list('assume'),
      ],
      devoDomain: input.text('devo-domain') ?? null,
    });
    return { shape: 'written' };
  },
};
