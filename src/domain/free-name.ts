/** `ci-2` for `ci`, `ci-3` for `ci-2`: the first such name that is not taken. */
export function nextFreeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, number] = /^(.+)-([2-9]|[1-9]\d{1,5})$/.exec(name) ?? [];
  for (let nth = number === undefined ? 2 : Number(number) + 1; ; nth += 1) {
    const next = `${stem}-${nth}`;
    if (!taken.has(next)) return next;
  }
}
