import { either, fields, flag, json, list, map, number, type Of, text, words } from './shape.ts';
import { date, places, texts } from './value-tables.ts';

const refusal = fields(
  'a refusal: its status, and a part of its words',
  { status: number('its status', 400, 599) },
  { has: texts('a part of its words, in any case; one of them is enough') },
);

const pages = fields(
  'how a list comes in pages',
  { by: words('the vendor’s way; `any`: it documents none', 'offset', 'page', 'cursor', 'link', 'any') },
  {
    param: text('the parameter that asks for a page'),
    size: text('the parameter for the size of a page'),
    most: number('the most records of a page', 1, 10_000),
    first: number('the number of the first page', 0, 1),
    next: text('where the answer has the next page, cursor or address', 'pointer'),
    last: text('where the cursor is in the last row', 'pointer'),
    more: text('where the answer says whether there is more', 'pointer'),
    total: text('where the answer has the number of all records', 'pointer'),
    ends: words('what ends the list: an empty page, or one that is not full', 'empty-page', 'short-page'),
    order: map('asks for an order in which no record is skipped', 'member', text('a value')),
    newest: fields(
      'asks for the newest records first',
      {
        query: map('the parameters', 'member', text('a value')),
        shownBy: words('what shows that they came so', 'ids', 'dates'),
      },
      {},
    ),
    refused: list(
      'refusals of the size or order of a page: the list is asked for once more, plainly',
      refusal,
    ),
  },
);

const secret = either(
  'where the secret is; a list: its parts',
  text('the place', 'pointer'),
  list('the places of its parts', text('one place', 'pointer')),
  fields(
    'where the vendor has several places, or documents none',
    {},
    {
      either: list('one of these places', text('one place', 'pointer')),
      likely: list('names of the field where the vendor documents none', text('one name')),
    },
  ),
);

/** One call of the vendor's, and where its answer holds what. */
export const REQUEST = fields(
  'a request',
  { call: text('`METHOD /path`', 'call') },
  {
    query: map('parameters', 'member', text('a value', 'template')),
    headers: map('headers', 'header', text('a value', 'template')),
    body: json('a JSON body'),
    form: map('a form as the body', 'member', text('a value', 'template')),
    auth: either(
      'the ways of authentication that the vendor accepts here, best first',
      text('one way', 'name'),
      list('several', text('one way', 'name')),
    ),
    repeatable: flag('true where a repeated request does no harm'),
    accepts: list('statuses beside 2xx that count as done', number('a status', 400, 499)),
    empty: list('refusals that mean that there is nothing', refusal),
    item: places('where the token is; the first place with an id counts'),
    id: text('where the id is, in an answer that has nothing else about the token', 'pointer'),
    secret,
    list: places('where the rows of a list are'),
    pages,
    partial: flag('true if rows lack attributes that `get` shows'),
    account: places('where the answer has the account'),
    subject: places('where the answer names the owner of the credential'),
    scopes: places('where the answer has the scopes of the credential'),
    expires: date('where the answer has the expiry of the credential'),
    must: list('places that hold something in every right answer', text('one place', 'pointer')),
  },
);

export type RequestDefinition = Of<typeof REQUEST>;
export type PagesDefinition = Of<typeof pages>;
export type SecretDefinition = Of<typeof secret>;
export type RefusalRule = Of<typeof refusal>;
