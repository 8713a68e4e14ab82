/** The operation that was named: `rotations list -o name` writes `id:…`. */
export function operationId(named: string): string {
  return named.replace(/^id:/, '');
}
