import { safeText } from '../domain/text.ts';
import { jsonText } from './structured.ts';

/** Of our own words and what they quote: a destination or a command that somebody is asked about is not cut. */
const LONGEST = 70_000;

/** A line beside the product, for stderr: plain for people, `{"note":"…"}` for who reads JSON there. */
export function noteLine(text: string, format: string): string {
  return format === 'json'
    ? `${jsonText({ note: safeText(text, LONGEST) })}\n`
    : `${safeText(text, LONGEST)}\n`;
}
