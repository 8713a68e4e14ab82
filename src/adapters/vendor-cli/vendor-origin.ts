import { usage } from '../../domain/errors.ts';
import { type Origin, parseOrigin } from '../../domain/origin.ts';
import { safeText } from '../../domain/text.ts';

/** An address as a vendor's command keeps it. The vendors' commands drop a path; so does keyturn, and nothing else. */
export function readVendorOrigin(
  url: string,
  { path, field }: { readonly path: string; readonly field: string },
): Origin {
  try {
    return parseOrigin(url.replace(/^(https?:\/\/[^/?#\\@]+)[/?#].*$/is, '$1'));
  } catch {
    throw usage(
      `"${safeText(path, 300)}" has a "${field}" that keyturn does not accept`,
      'it must be https://host',
    );
  }
}
