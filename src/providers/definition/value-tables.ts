import { CHARACTER_SET_NAMES } from './character-sets.ts';
import { either, fields, flag, list, number, type Of, text, words } from './shape.ts';

export const HINT = 'what to do, as one line; a command of keyturn stands in braces: `{tokens list}`';

/** One place or several: the first that holds something counts. */
export function places(about: string) {
  return either(about, text(about, 'pointer'), list(about, text('one place', 'pointer')));
}

export function texts(about: string) {
  return either(about, text(about), list(about, text('one text')));
}

/** The form of a date is needed only where a number could be read in two ways, or a text has no zone. */
export function date(about: string) {
  return either(
    about,
    ...places(about).of,
    fields(
      about,
      {
        at: text(about, 'pointer'),
        form: words('how it is written', 'epoch', 'epoch-ms', 'date', 'utc', 'rfc2822'),
      },
      {},
    ),
  );
}

/** A value that an answer may hold. */
export function told(about: string) {
  return either(about, text(about), number(about, -1e15, 1e15), flag(about));
}

export function form(about: string) {
  return fields(
    about,
    {},
    {
      starts: texts('what it begins with'),
      chars: words('the characters of the rest', ...CHARACTER_SET_NAMES),
      length: list('the least and the most characters of the whole', number('characters', 1, 65_536)),
    },
  );
}

export function forms(about: string) {
  return either(about, form(about), list(about, form('one form')));
}

export const inside = fields(
  'one rule',
  { at: text('where to look', 'pointer') },
  {
    is: told('holds where this stands there'),
    present: flag('holds where something stands there (true), or nothing (false)'),
    least: number('holds where at least this number stands there', -1e15, 1e15),
  },
);

const oneForm = form('');
export type FormDefinition = Of<typeof oneForm>;
const dateShape = date('');
export type DateDefinition = Of<typeof dateShape>;
export type InsideRule = Of<typeof inside>;
