/**
 * What a JSON Pointer (RFC 6901) leads to; undefined where there is nothing, or null. Reads own properties alone: an
 * answer may carry `__proto__`.
 */
export function at(value: unknown, pointer: string): unknown {
  if (pointer === '') return value ?? undefined;
  let found = value;
  for (const part of partsOf(pointer)) {
    found = Array.isArray(found) ? itemAt(found, part) : memberOf(found, part);
    if (found === undefined || found === null) return undefined;
  }
  return found;
}

/** `/a/b~1c` → `a`, `b/c`. */
export function partsOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The name of the member that a pointer leads to; empty for the whole answer. */
export function lastPart(pointer: string): string {
  return partsOf(pointer).at(-1) ?? '';
}

/** Whether the text is a pointer: empty, or `/` and parts, where `~` stands before 0 or 1 alone. */
export function isPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text));
}

function itemAt(list: readonly unknown[], part: string): unknown {
  return /^(?:0|[1-9]\d{0,5})$/.test(part) ? list[Number(part)] : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
