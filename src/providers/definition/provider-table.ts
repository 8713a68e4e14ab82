import { credential, scheme, setting } from './account-table.ts';
import { REQUEST } from './request-table.ts';
import { either, fields, json, list, map, number, type Of, text, words } from './shape.ts';
import { option, token } from './token-table.ts';
import { HINT, inside, texts } from './value-tables.ts';

const whether = words(
  'whether; `vendor`: the vendor gives every token an end of its own choice',
  ...(['optional', 'required', 'none', 'vendor'] as const),
);

const tokens = fields(
  'the vendor’s calls; an absent one is not supported',
  {},
  {
    create: REQUEST,
    list: REQUEST,
    get: REQUEST,
    reveal: REQUEST,
    rotate: REQUEST,
    enable: REQUEST,
    disable: REQUEST,
    rename: REQUEST,
    revoke: REQUEST,
    delete: REQUEST,
    prove: REQUEST,
  },
);

const rotation = fields(
  'what a rotation has to know',
  {
    way: words('how', 'overlap', 'named', 'in-place', 'replace', 'singleton'),
    handle: words('how a token is addressed', 'id', 'name'),
    names: words('whether names are unique', 'unique', 'free', 'none'),
    ends: words('how a token ends', 'delete', 'revoke-then-delete', 'disable-only'),
    secretShown: words('whether `get` shows the secret again', 'once', 'again'),
    settle: number('how long a change may take to show everywhere, in ms', 0, 600_000),
  },
  {
    mark: list(
      'how a new token is recognised after a lost answer',
      words('one mark', 'name', 'idempotency-key', 'expiry-seconds'),
    ),
    replay: words(
      'what a repeated create with the same mark does',
      'returns-secret',
      'conflict',
      'duplicates',
    ),
    lastUse: words('`untold`: the vendor does not tell when a token was last used', 'untold'),
    nameLength: number('the most characters of a name', 8, 255),
    grace: fields('a grace period of the vendor’s own', { param: text('its parameter') }, {}),
  },
);

const errors = fields(
  'how refusals are read',
  {},
  {
    requestId: text('the header that holds the id of the request'),
    message: list('where the words for a person are', text('one place', 'pointer')),
    code: text('where the word for a program is', 'pointer'),
    codes: map(
      'what the vendor’s words for programs mean',
      'member',
      words('a reason', 'auth', 'not-found', 'conflict', 'unavailable', 'unsupported', 'failure'),
    ),
    hints: map('what to do, by the status', 'status', text(HINT)),
    words: list(
      'what to do, by the vendor’s words for a person',
      fields(
        'one rule',
        { has: texts('a part of the message, in any case') },
        {
          code: words('a reason', 'auth', 'not-found', 'conflict', 'unavailable', 'unsupported', 'failure'),
          hint: text(HINT),
        },
      ),
    ),
    inside: list('when a 2xx answer is a refusal: one of these holds', inside),
    unclear: list('reasons that need a look before an end counts', text('a reason')),
  },
);

/** The definition of a provider, `provider/1`. */
export const PROVIDER = fields(
  'a provider of credentials, as keyturn reads it',
  {
    keyturn: words('the version of the language', 'provider/1'),
    id: text('the provider’s id', 'id'),
    title: text('its name'),
    docs: text('the vendor’s documentation of this API', 'address'),
    origin: text('`https://host`; a setting with `choices` may be part of the host; or `ask`', 'origin'),
    credential,
    auth: map('ways to put the secret on a request', 'name', scheme),
    managing: text('the way of the stored credential', 'name'),
    token,
    tokens,
    probe: REQUEST,
    rotation,
  },
  {
    version: text('of this definition'),
    checked: text('when somebody last compared it with the vendor’s pages', 'date'),
    base: text('stands before every path', 'template'),
    headers: map('constants of every request', 'header', text('a value', 'template')),
    settings: map('settings of the account', 'name', setting),
    issued: text('the way of a new secret, where it is another', 'name'),
    signIn: json('a request that exchanges the credential for a session'),
    options: map('options of `tokens create`', 'name', option),
    scopes: fields(
      'whether a token has scopes',
      { words: words('whether', 'required', 'optional', 'none') },
      {
        hint: text(HINT),
        say: text('what is wrong with a scope, where there are none'),
        granted: words('whether the vendor grants what was asked for', 'exact', 'wider', 'untold'),
      },
    ),
    expiry: either(
      'whether a token may be given an end; absent: it may not',
      whether,
      fields('the same with a hint', { words: whether }, { hint: text(HINT) }),
    ),
    lists: words('`inferred`: the vendor documents no list and no other read', 'documented', 'inferred'),
    errors,
    instead: map('what to do instead of a verb that is absent', 'member', text(HINT)),
    limits: json('how many tokens there may be'),
    kinds: json('more kinds of tokens'),
    hooks: list(
      'parts that are code of keyturn’s own; a shipped definition alone has any',
      text('one id', 'name'),
    ),
  },
);

export type Definition = Of<typeof PROVIDER>;
export type Verb = keyof Definition['tokens'];
