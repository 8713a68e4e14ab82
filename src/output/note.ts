import { safeText } from '../domain/text.ts';
import { jsonText } from './structured.ts';

/** A line beside the product, for stderr: plain for people, `{"note":"…"}` for who reads JSON there. */
export function noteLine(text: string, format: string): string {
  return format === 'json' ? `${jsonText({ note: safeText(text) })}\n` : `${safeText(text)}\n`;
}
