/** A shorter secret is not replaced in other programs' output: it would occur in it by chance. In characters. */
export const SHORTEST_MASKED = 8;
