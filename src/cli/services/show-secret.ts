import { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { isStructured, type Report } from '../../output/report.ts';
import { jsonText } from '../../output/structured.ts';
import type { OneDocument } from '../documents/document.ts';
import { type Shown, secretDocument } from '../documents/token.ts';
import { ClosedPipe } from '../runtime.ts';
import type { Services } from './services.ts';

/**
 * Tells the log of the CI that keyturn runs in to mask the secret, before the secret goes anywhere. The lines hold the value
 * itself, so they go only to stderr, the step's log: never to a stdout that somebody captures.
 */
export async function maskInCi(app: Pick<Services, 'runtime'>, secret: Secret): Promise<void> {
  const value = secret.reveal();
  // As our own JSON writes it, too: its escapes would hide it from the mask.
  const forms = new Set([value, jsonText(value).slice(1, -1)]);
  for (const form of forms)
    for (const line of maskLines(app.runtime.env, form)) await app.runtime.stderr.write(`${line}\n`);
}

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/**
 * One command for each line of the value: a log is masked line by line.
 * Sources: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log,
 * https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands (`task.setsecret`; `%` as `%AZP25`).
 */
export function maskLines(
  env: Readonly<Record<string, string | undefined>>,
  value: string,
): readonly string[] {
  const lines = value.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const all = lines.length > 1 || lines[0] !== value ? [...lines, value] : [value];
  // Nothing that keyturn prints holds these as they are, and in a log they would act.
  const parts = all.filter((part) => !CONTROL.test(part));
  const commands: string[] = [];
  if (env['GITHUB_ACTIONS'] === 'true')
    commands.push(...parts.map((part) => `::add-mask::${escaped(part, '%25')}`));
  if (env['TF_BUILD']?.toLowerCase() === 'true')
    commands.push(...parts.map((part) => `##vso[task.setsecret]${escaped(part, '%AZP25')}`));
  return commands;
}

function escaped(text: string, percent: string): string {
  return text.replaceAll('%', percent).replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

export const ONCE_WARNING = 'This is the secret. Save it now: it is not shown again.';

/**
 * A secret that was asked for as the product. Structured formats carry it as `tokenSecret`; else it is written alone, with one
 * newline. A CI's log is told to mask it first.
 */
export async function secretReport(
  app: Pick<Services, 'globals' | 'runtime'>,
  shown: Shown,
  secret: Secret,
): Promise<Report> {
  await maskInCi(app, secret);
  if (isStructured(app.globals.format)) return secretDocument(shown, secret);
  return { shape: 'text', text: secret, newline: true };
}

/** Writes the secret and waits until the system has taken it. A closed pipe is a failed delivery. */
export async function printSecret(
  app: Pick<Services, 'globals' | 'presentation' | 'runtime'>,
  secret: Secret,
  document: OneDocument,
): Promise<void> {
  try {
    await writeSecret(app, secret, document);
  } catch (error) {
    if (!(error instanceof ClosedPipe)) throw error;
    throw new AppError({ code: 'failure', message: 'the output was closed before the secret was written' });
  }
}

async function writeSecret(
  app: Pick<Services, 'globals' | 'presentation' | 'runtime'>,
  secret: Secret,
  document: OneDocument,
): Promise<void> {
  const { stdout, stderr } = app.runtime;
  const { format } = app.globals;
  await maskInCi(app, secret);
  if (!isStructured(format) && stdout.isTerminal) await stderr.write(`${ONCE_WARNING}\n`);
  const report = isStructured(format) ? document : ({ shape: 'text', text: secret, newline: true } as const);
  const { present } = await import('../../output/present.ts');
  for await (const piece of present(report, app.presentation())) await stdout.write(piece);
}
