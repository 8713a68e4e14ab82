import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { parseDefinition } from '../../../../src/adapters/definitions/parse-definition.ts';
import { type AppError, isAppError } from '../../../../src/domain/errors.ts';
import type { Definition } from '../../../../src/providers/definition/provider-table.ts';
import { readDefinition } from '../../../../src/providers/definition/read-definition.ts';
import { providerIds } from '../../../../src/providers/registry.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const FIXTURE = readFileSync(join(ROOT, 'test/fixtures/definitions/acme-cloud.yaml'), 'utf8');
export const SHIPPED = new Set(providerIds);

export function shippedText(id: string): string {
  return readFileSync(join(ROOT, 'src/providers/definitions', `${id}.yaml`), 'utf8');
}

/** A definition whose parts may be changed into anything. */
// biome-ignore lint/suspicious/noExplicitAny: what a file may hold
export type Raw = any;

export async function read(text: string, path = 'acme.yaml'): Promise<Definition> {
  const source = await parseDefinition(new TextEncoder().encode(text), path);
  return readDefinition(source, { shippedIds: SHIPPED });
}

/** The fixture with a change, as JSON: every JSON text is YAML. */
export function changed(change: (raw: Raw) => void): string {
  const raw: Raw = parse(FIXTURE);
  change(raw);
  return JSON.stringify(raw);
}

export async function refusal(text: string): Promise<AppError> {
  try {
    await read(text);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
