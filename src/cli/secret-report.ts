import type { JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';
import { isStructured, type Report } from '../output/report.ts';
import type { App } from './app.ts';

export const ONCE_WARNING = 'This is the secret. Keep it now: it is not shown again.';

/**
 * A secret that was asked for as the product. Structured formats carry it as `tokenSecret`; else it is written alone, with one
 * newline. In GitHub Actions the runner is told to mask it first.
 */
export async function secretReport(app: App, secret: Secret, data: JsonObject): Promise<Report> {
  await maskInActions(app, secret);
  const { format } = app.globals;
  if (isStructured(format)) {
    return { shape: 'one', schema: 'keyturn.secret/1', data: { ...data, tokenSecret: secret.reveal() } };
  }
  return { shape: 'text', text: `${secret.reveal()}\n` };
}

/**
 * Tells GitHub's log to mask the secret. The line holds the value itself, so it goes only to the step's log: never to a
 * stdout that somebody captures.
 */
export async function maskInActions(app: App, secret: Secret): Promise<void> {
  if (app.runtime.env['GITHUB_ACTIONS'] !== 'true') return;
  const escaped = secret.reveal().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  await app.runtime.stderr.write(`::add-mask::${escaped}\n`);
}
