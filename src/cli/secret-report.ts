import type { JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';
import { isStructured, type Report } from '../output/report.ts';
import type { App } from './app.ts';
import { maskInCi } from './ci-masks.ts';

export const ONCE_WARNING = 'This is the secret. Keep it now: it is not shown again.';

/**
 * A secret that was asked for as the product. Structured formats carry it as `tokenSecret`; else it is written alone, with one
 * newline. A CI's log is told to mask it first.
 */
export async function secretReport(app: App, secret: Secret, data: JsonObject): Promise<Report> {
  await maskInCi(app, secret);
  const { format } = app.globals;
  if (isStructured(format)) {
    return { shape: 'one', schema: 'keyturn.secret/1', data: { ...data, tokenSecret: secret.reveal() } };
  }
  return { shape: 'text', text: `${secret.reveal()}\n` };
}
