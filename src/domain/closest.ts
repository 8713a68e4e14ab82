const MOST = 3;
const LONGEST = 200;

/** Up to three of the names that look most like a mistyped one, the closest first. */
export function closestNames(typed: string, names: Iterable<string>): readonly string[] {
  const wanted = typed.toLowerCase();
  if (wanted === '' || wanted.length > LONGEST) return [];
  const farthest = Math.max(1, Math.floor(wanted.length / 3));
  const near = [...new Set(names)]
    .filter((name) => name !== typed && name.length <= LONGEST)
    .map((name) => ({ name, distance: nearness(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= farthest);
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, MOST).map(({ name }) => name);
}

/** One that begins with what was typed is as near as one slip. */
function nearness(typed: string, name: string): number {
  const edits = distance(typed, name);
  return typed.length >= 2 && name.startsWith(typed) ? Math.min(edits, 1) : edits;
}

/** Insertions, deletions and replacements that make one text the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
