import { AppError, usage } from './errors.ts';
import { safeText } from './text.ts';

/** How a person names a thing: `X` (id or name), `id:X`, `name:X`. */
export interface Reference {
  readonly by: 'either' | 'id' | 'name';
  readonly value: string;
}

export function parseReference(text: string): Reference {
  const match = /^(id|name):(.*)$/s.exec(text);
  const by = match?.[1] === 'id' || match?.[1] === 'name' ? match[1] : 'either';
  const value = match ? (match[2] ?? '') : text;
  if (value === '') throw usage('an empty reference names nothing', 'give an id or a name');
  if (value.length > 512) throw usage('the reference is too long', 'give an id or a name');
  return { by, value };
}

interface Named {
  readonly id: string;
  readonly name: string | null;
}

/**
 * The one thing that the reference names. Ids are matched whole, never by prefix; a name that fits several, or a
 * text that is one thing's id and another's name, is refused with the candidates.
 */
export function resolveReference<T extends Named>(
  reference: Reference,
  things: readonly T[],
  noun: string,
): T {
  const fits = things.filter((thing) => fitsReference(reference, thing));
  const [only, another] = fits;
  if (only && !another) return only;
  const shown = safeText(reference.value, 80);
  if (!only) {
    throw new AppError({
      code: 'not-found',
      message: `no ${noun} "${shown}"`,
      hint: `see \`keyturn ${noun}s list\``,
    });
  }
  throw ambiguous(reference, fits, noun);
}

/** Whether the reference may mean this thing: by its whole id, or by its name. */
export function fitsReference({ by, value }: Reference, { id, name }: Named): boolean {
  return (by !== 'name' && id === value) || (by !== 'id' && name !== null && name === value);
}

export function ambiguous(reference: Reference, fits: readonly Named[], noun: string): AppError {
  const candidates = fits.slice(0, 5).map((thing) => `id:${safeText(thing.id, 80)}`);
  const more = fits.length > 5 ? ` and ${fits.length - 5} more` : '';
  return new AppError({
    code: 'conflict',
    message: `"${safeText(reference.value, 80)}" fits ${fits.length} ${noun}s: ${candidates.join(', ')}${more}`,
    hint: 'name one of them by its id',
  });
}
