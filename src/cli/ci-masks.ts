import type { Secret } from '../domain/secret.ts';
import { jsonText } from '../output/structured.ts';
import type { App } from './app.ts';

/**
 * Tells the log of the CI that keyturn runs in to mask the secret, before the secret goes anywhere. The lines hold the value
 * itself, so they go only to stderr, the step's log: never to a stdout that somebody captures.
 */
export async function maskInCi(app: App, secret: Secret): Promise<void> {
  const value = secret.reveal();
  // As our own JSON writes it, too: its escapes would hide it from the mask.
  const forms = new Set([value, jsonText(value).slice(1, -1)]);
  for (const form of forms)
    for (const line of maskLines(app.runtime.env, form)) await app.runtime.stderr.write(`${line}\n`);
}

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
  const parts = lines.length > 1 || lines[0] !== value ? [...lines, value] : [value];
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
