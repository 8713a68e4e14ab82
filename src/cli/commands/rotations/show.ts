import { type Explanation, explain } from '../../../core/operation/explain.ts';
import { aboutOperation } from '../../../core/operation/plan.ts';
import { AppError, usage } from '../../../domain/errors.ts';
import { safeText } from '../../../domain/text.ts';
import { isStructured, type Report } from '../../../output/report.ts';
import type { OperationDetail } from '../../../ports/journal.ts';
import type { Command } from '../../arguments/command.ts';
import { bodyOf, rotationDetailDocument, safeBodyOf } from '../../documents/rotation.ts';
import { placeWords, titleOf } from '../../services/place-words.ts';
import type { Services } from '../../services/services.ts';
import { maskInCi } from '../../services/show-secret.ts';
import { isCi } from '../../terminal/attended.ts';
import { operationId } from './operation-id.ts';

export const command: Command = {
  arguments: [{ name: '<id>', about: 'the operation', values: 'operations' }],
  options: [
    {
      flags: '--print-answer',
      about: 'print what the provider answered, which may hold a secret; asks first',
    },
  ],
  details:
    'Says what the operation is for, what it has done, what it waits for and what to run next. An answer that keyturn could not use stays sealed with the operation; --print-answer prints it to stdout and nowhere else.',
  examples: ['keyturn rotations show 3f2a…', 'keyturn rotations show 3f2a… --print-answer --yes'],
  async run(app, input) {
    const id = operationId(input.argument(0));
    const host = await app.journalHost();
    const detail = await host.read(id);
    if (!detail) {
      throw new AppError({
        code: 'not-found',
        message: `no operation "${id.slice(0, 40)}"`,
        hint: 'see `keyturn rotations list --all`',
      });
    }
    const about = explain(detail, app.runtime.clock.now(), await host.isRunning(id));
    if (input.flag('print-answer')) return printAnswer(app, detail, about);
    return {
      ...rotationDetailDocument(detail, about),
      lines: linesOf(detail, about, await placeWords(app, detail.header)),
    };
  },
};

function linesOf(
  { header }: OperationDetail,
  { next, now, steps }: Explanation,
  place: string,
): readonly string[] {
  return [
    `${aboutOperation(header)} at ${place} (${header.origin})`,
    `started ${header.startedAt}`,
    ...steps.map(({ at, what }) => `- ${what}${at === null ? '' : `, at ${at}`}`),
    `now: ${now}`,
    ...next.map((command) => `next: ${command}`),
  ].map((line) => safeText(line, 1_000));
}

async function printAnswer(
  app: Pick<Services, 'confirm' | 'globals' | 'loadProvider' | 'runtime'>,
  detail: OperationDetail,
  about: Explanation,
): Promise<Report> {
  const { id, provider } = detail.header;
  if (detail.state === 'done' || detail.state === 'aborted')
    throw usage('the operation has ended, and its answer with it', 'see `keyturn rotations list`');
  await app.confirm(
    `print what ${await titleOf(app, provider)} answered to the operation ${id}? It may hold a secret`,
  );
  const answers = (await detail.answers()).filter(({ captured }) => captured.bytes.length > 0);
  const last = answers.at(-1);
  if (!last) {
    throw new AppError({
      code: 'not-found',
      message: `no answer was recorded for the operation ${id}`,
      hint: `see \`keyturn rotations show ${id}\``,
    });
  }
  if (isStructured(app.globals.format)) {
    for (const { captured } of answers) await maskInCi(app, bodyOf(captured));
    return rotationDetailDocument(detail, about, answers);
  }
  const exact = bodyOf(last.captured);
  const text = isExact(app) ? exact : safeBodyOf(last.captured);
  await maskInCi(app, text);
  return {
    shape: 'text',
    text,
    newline: true,
    notes: [
      ...(answers.length > 1
        ? [`this is the last of ${answers.length} answers; --json prints them all`]
        : []),
      ...(text.equals(exact)
        ? []
        : ['what would act on a terminal or a CI runner is escaped here; `--json` has all of it']),
    ],
  };
}

/** Only a pipe gets the provider's bytes as they came: on a terminal, which `--no-input` hides, and in a CI's log they would act. */
function isExact({ globals, runtime }: Pick<Services, 'globals' | 'runtime'>): boolean {
  return !runtime.stdout.isTerminal && !globals.noInput && !isCi(runtime.env);
}
