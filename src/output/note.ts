import { safeText } from '../domain/text.ts';
import { jsonText } from './structured.ts';

/** A line beside the product, for stderr: plain for people, `{"note":"…"}` for who reads JSON there. Cut at `longest`. */
export function noteLine(text: string, format: string, longest?: number): string {
  const line = safeText(text, longest);
  return format === 'json' ? `${jsonText({ note: line })}\n` : `${line}\n`;
}
