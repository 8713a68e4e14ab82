import { fields, flag, list, map, type Of, text, words } from './shape.ts';
import { date, forms, inside, places, told } from './value-tables.ts';

const statusRule = fields(
  'one rule; the first that holds decides, and without one the token is active',
  {
    at: places('where to look; the first place that holds something counts'),
    means: words(
      'the status; `told`: the usual word that stands there (active, paused, revoked …)',
      ...(['active', 'disabled', 'expired', 'revoked', 'told'] as const),
    ),
  },
  {
    is: told('holds where this stands there'),
    present: flag('holds where something stands there (true), or nothing (false)'),
    date: flag('holds where a date stands there (true): a word for none, or an odd text, is no date'),
    past: flag('holds where a date stands there that is past'),
  },
);

export const token = fields(
  'where a token’s attributes are, relative to the object that is the token',
  { id: places('its id') },
  {
    name: places('its name'),
    scopes: places('its scopes: a list, or one text parted by spaces'),
    created: date('when it was made'),
    expires: date('when it ends'),
    life: text('its whole life in seconds, for an `expires` that cannot be read', 'pointer'),
    used: date('when it was last used'),
    by: places('who made it'),
    show: list('more attributes to show', text('one place', 'pointer')),
    status: list('rules for its status', statusRule),
    only: list('rows of the list that are tokens: all of these hold', inside),
    secretForm: forms('what a new secret looks like, where the vendor publishes it'),
    masked: forms('what the vendor shows in place of a secret'),
    ids: words('`reused`: the vendor gives an id again after its token is deleted', 'stable', 'reused'),
  },
);

export const option = fields(
  'one option of `tokens create`',
  { about: text('what it is, for help') },
  {
    example: text('an example value'),
    choices: list('all the values that there are', text('one value')),
    required: flag('true where no token can be made without it'),
    several: flag('true where it takes several words; they are sent parted by spaces'),
    default: text('sent where it is not given'),
    told: text('where a listed token tells it, so that a rotation carries it over', 'pointer'),
    with: map(
      'needed with these values of other options, and refused without',
      'name',
      list('values', text('a value')),
    ),
  },
);

export type OptionDefinition = Of<typeof option>;
export type StatusRule = Of<typeof statusRule>;
