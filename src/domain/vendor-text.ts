import { base64Forms, wholeBase64 } from './base64-forms.ts';
import { SHORTEST_MASKED } from './masking.ts';
import { safeText } from './text.ts';

/** A vendor's own words for an error: one line, safe, short; secrets that it echoes are cut out. */
export function vendorText(text: unknown, secrets: readonly string[] = []): string | null {
  if (typeof text !== 'string' || text.trim() === '') return null;
  let result = text;
  // Before anything is cut: the cut could fall into a secret, and the rest of it would not be found.
  for (const secret of secrets) result = cutSecret(result, secret);
  return safeText(result.slice(0, 8_000).replace(/\s+/g, ' ').trim(), 300);
}

/** The text without the secret, as it is or in base64. Very short ones occur by chance, and are left. */
export function cutSecret(text: string, secret: string): string {
  if (secret.length < 4) return text;
  const bytes = new TextEncoder().encode(secret);
  const forms = [secret, ...wholeBase64(bytes), ...base64Forms(bytes)];
  return forms
    .filter((form, index) => index === 0 || form.length >= SHORTEST_MASKED)
    .reduce((left, form) => left.split(form).join('[secret]'), text);
}
