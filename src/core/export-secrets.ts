import { isPlainDotenv } from '../domain/dotenv-value.ts';
import { usage } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { checkVariableName } from '../domain/variable-name.ts';

export type ExportFormat = 'env' | 'dotenv' | 'json';

export interface ExportedSecret {
  readonly variable: string;
  readonly secret: Secret;
}

/** Chosen secrets as text that a shell, a dotenv reader or a program takes back unchanged. */
export function exportSecrets(chosen: readonly ExportedSecret[], format: ExportFormat): string {
  for (const { variable } of chosen) checkVariableName(variable);
  const twice = chosen.find(
    (each, index) => chosen.findIndex((other) => other.variable === each.variable) !== index,
  );
  if (twice) throw usage(`"${twice.variable}" is named twice`, 'give each its own variable: VARIABLE=NAME');
  if (format === 'json') {
    return `${JSON.stringify(Object.fromEntries(chosen.map((each) => [each.variable, each.secret.reveal()])), null, 2)}\n`;
  }
  const quote = format === 'env' ? shellQuoted : dotenvPlain;
  const word = format === 'env' ? 'export ' : '';
  return chosen.map((each) => `${word}${each.variable}=${quote(each.secret.reveal())}\n`).join('');
}

/** fish, unlike sh, takes `\\` inside single quotes for one: outside of them both agree. */
function shellQuoted(value: string): string {
  return `'${value.replace(/['\\]/g, (character) => `'\\${character}'`)}'`;
}

/** Quotation marks are taken for a part of the value by some readers: what needs them is refused. */
function dotenvPlain(value: string): string {
  if (isPlainDotenv(value)) return value;
  throw usage(
    'the secret has characters that programs read differently from a dotenv file',
    'use `--format json`, or `--format env` for a shell',
  );
}
