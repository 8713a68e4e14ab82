import type { Secret } from '../domain/secret.ts';
import { isStructured, type Report } from '../output/report.ts';
import type { App } from './app.ts';
import { maskInCi } from './ci-masks.ts';
import { type Shown, secretDocument } from './documents/token.ts';

export const ONCE_WARNING = 'This is the secret. Keep it now: it is not shown again.';

/**
 * A secret that was asked for as the product. Structured formats carry it as `tokenSecret`; else it is written alone, with one
 * newline. A CI's log is told to mask it first.
 */
export async function secretReport(app: App, shown: Shown, secret: Secret): Promise<Report> {
  await maskInCi(app, secret);
  if (isStructured(app.globals.format)) return secretDocument(shown, secret);
  return { shape: 'text', text: secret, newline: true };
}
