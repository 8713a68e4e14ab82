import { wholeBase64 } from './base64-forms.ts';
import { SHORTEST_MASKED } from './masking.ts';
import { secretForms } from './secret-forms.ts';
import { findTraces } from './secret-traces.ts';
import { safeText } from './text.ts';

/** Much more than is shown, so that a secret which is cut off at the end is not seen. In characters. */
const LOOKED_AT = 64_000;

/** A vendor's own words for an error: one line, safe, short; secrets that it echoes are cut out. */
export function vendorText(text: unknown, secrets: readonly string[] = []): string | null {
  if (typeof text !== 'string' || text.trim() === '') return null;
  let result = text.slice(0, LOOKED_AT);
  // Before it is cut to what is shown: the cut could fall into a secret, and the rest of it would not be found.
  for (const secret of secrets) result = cutSecret(result, secret);
  return safeText(result.slice(0, 8_000).replace(/\s+/g, ' ').trim(), 300);
}

/**
 * The text without the secret, in every form of it, and without parts of it that are too long for chance. Very short secrets
 * occur by chance, and are left.
 */
export function cutSecret(text: string, secret: string): string {
  if (secret.length < 4) return text;
  const whole = wholeBase64(new TextEncoder().encode(secret)).filter(
    (form) => form.length >= SHORTEST_MASKED,
  );
  const forms = [secret, ...whole, ...secretForms(secret).map((form) => form.text)];
  const left = forms.reduce((rest, form) => rest.split(form).join('[secret]'), text);
  const traces = findTraces(left, secret);
  const ends = [0, ...traces.map(({ end }) => end)];
  const between = ends.map((end, index) => left.slice(end, traces[index]?.start ?? left.length));
  return between.join('[secret]');
}
