// Eight digits of the marker in names that an older keyturn gave.
const MARK = /-\d{8}-(?:[0-9a-f]{8}){1,2}$/;

/** `ci-20261122-7f3a9c21d04be586`, as a rotation names a token where names may not repeat, is `ci`; other names stay as they are. */
export function withoutMark(name: string): string {
  return name.replace(MARK, '');
}

/**
 * Whether a provider that cuts names, changes their case or adds to them may show `given` as `shown`. Proves nothing; a
 * name with a whole mark of its own is another's.
 */
export function mayBeShownAs(given: string, shown: string): boolean {
  const [a, b] = [given.trim().toLowerCase(), shown.trim().toLowerCase()];
  if (b.length <= withoutMark(a).length) return false;
  return a.startsWith(b) || b.startsWith(a);
}
