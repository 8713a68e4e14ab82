import { fields, flag, list, map, type Of, text } from './shape.ts';
import { form, HINT } from './value-tables.ts';

export const setting = fields(
  'one setting of the account: the option `--NAME`, and a variable of the environment',
  { about: text('what it is, for help'), example: text('an example value') },
  {
    required: flag('false where the provider works without it'),
    choices: list('all the values that there are', text('one value', 'name')),
    form: form('what a right value looks like'),
    is: text('what a right value is, to complete "that is not …"'),
    hint: text(HINT),
  },
);

export const credential = fields(
  'the credential that manages tokens',
  {
    kind: text('which kind, in words of the vendor’s pages'),
    page: text('where a person makes one', 'address'),
  },
  {
    managedBy: text('the kind in a few words, for the table of providers'),
    called: text('what `whoami` calls it'),
    forms: list(
      'other credentials that are accepted',
      fields('one of them', { starts: text('its prefix'), called: text('what `whoami` calls it') }, {}),
    ),
    refuse: list(
      'credentials that are refused before they are sent',
      fields('one of them', { starts: text('its prefix'), say: text('why'), hint: text(HINT) }, {}),
    ),
    jwt: fields(
      'set if the credential is a JWT: keyturn reads its expiry before it sends the JWT',
      {},
      {
        ids: flag('true where one of its claims is the id of the token'),
        account: text('the claim that names the account, as a pointer', 'pointer'),
        person: flag(
          'true where it is a person’s session: `sub` and the claims of an organization name the account',
        ),
        otherwise: text('what `whoami` calls a credential that is no JWT'),
        expired: text('what has expired, to complete "… expired at"'),
        hint: text(HINT),
      },
    ),
    isSession: flag('true where it is a person’s session, which is none of the listed tokens'),
    narrower: list('the options of `tokens create` for a token with one job', text('one word')),
    narrowerIs: text(
      'what such a token is, compared with the managing credential: "a token for one job, with fewer powers"',
    ),
    vendorCli: text('the vendor’s own command whose session `--from-cli` uses'),
    sessionScopes: list('scopes of the token that `login --session` creates', text('one scope')),
    parts: list('names of the parts of a credential of several parts', text('one name', 'name')),
  },
);

export const scheme = fields(
  'one way to put the secret on a request; `<secret>` may be used only here',
  {},
  {
    headers: map('headers, with `<secret>`', 'header', text('a value', 'template')),
    basic: text('`user:password`, with `<secret>`; sent as Basic', 'template'),
    body: map('members of the body that hold the secret', 'member', text('a value', 'template')),
    cookie: text('the name of the cookie that is the secret'),
  },
);

export type SettingDefinition = Of<typeof setting>;
export type SchemeDefinition = Of<typeof scheme>;
