const MARK = /-\d{8}-[0-9a-f]{8}$/;

/** `ci-20261122-7f3a9c21`, as a rotation names a token where names may not repeat, is `ci`; other names stay as they are. */
export function withoutMark(name: string): string {
  return name.replace(MARK, '');
}
