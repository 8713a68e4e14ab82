import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';

/** One step of a rotation's plan, uncut: what happens, and how it can be taken back. */
export function rotationStepLine(item: JsonObject): string {
  const undo = item['undo'] === null ? 'cannot be undone' : String(item['undo']);
  return `${String(item['step']).padEnd(8)} ${safeText(String(item['what']))}\n         (${safeText(undo)})`;
}
