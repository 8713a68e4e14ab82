/** What the stream is and what the person asked for. */
export interface StreamFacts {
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface ColourWishes {
  readonly noColor: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colour is for terminals that want it; it never carries meaning alone. */
export function wantsColour(stream: StreamFacts, wishes: ColourWishes): boolean {
  if (!stream.isTerminal || wishes.noColor) return false;
  return (wishes.env['NO_COLOR'] ?? '') === '' && wishes.env['TERM'] !== 'dumb';
}
