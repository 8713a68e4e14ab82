import { usage } from './errors.ts';

/**
 * A profile's or credential's name: it becomes a YAML key and an argument of scripts, so it is plain. Starts with a
 * letter or digit, then letters, digits, `.`, `_`, `@`, `+`, `-`; 128 characters at most.
 */
export function checkLocalName(name: string, what: 'profile' | 'credential'): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/.test(name)) return name;
  throw usage(
    `that is not a name for a ${what}`,
    'use letters, digits, ".", "_", "@", "+" and "-", 128 characters at most',
  );
}

/** The nearest plain name to a provider's free text: `CI deploy token` becomes `ci-deploy-token`. */
export function toLocalName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._@+-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 128);
  return plain === '' ? 'token' : plain;
}
