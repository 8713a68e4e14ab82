import type { ValuesOf } from './switch.ts';
import { choice, count, flag, initialValues } from './switch.ts';
import type { World } from './world.ts';

const DAY = 86_400;
const YEARS = 3_650 * DAY;

/**
 * What the vendors do not publish and a client must survive either way. `--assume NAME=VALUE` sets one, and
 * `docs/sandbox.md` is made from this table; it also names the smaller assumptions that have no switch.
 */
export const ASSUMPTION_SWITCHES = {
  errovaBearerCreate: flag(false, {
    usual: 'a machine token cannot create another one (403): the docs only ever show a browser session',
    otherwise: 'it can, with `org.admin`',
  }),
  errovaRotateOverlapSeconds: count(0, [0, YEARS], {
    usual: 'a rotated secret stops at once',
    otherwise: 'the secret before the last rotation works for so long',
  }),
  errovaRotateId: choice(['kept', 'new'], {
    usual: 'a rotated token keeps its id',
    otherwise: 'it gets another one, and the old id is unknown',
  }),
  errovaIds: choice(['prefixed', 'nanoid'], {
    usual: 'the id of a token or key begins with `mt_` or `key_`',
    otherwise: 'it begins with `-` or `_`, as random ids do now and then',
  }),
  errovaLists: choice(['answered', '404', '405', '401', '403', '501', 'html'], {
    usual: 'a GET of a collection lists it, although the docs have no GET at all',
    otherwise: 'every GET has this status, for any caller; `html` is a web page with status 200',
  }),
  errovaPaging: choice(
    [
      'none',
      'nextCursor',
      'next_cursor',
      'nextPageToken',
      'meta.nextCursor',
      'pagination.nextCursor',
      'pageInfo.endCursor',
      'numericCursor',
      'next',
      'links.next',
      'linkHeader',
      'page',
      'total',
      'hasMore',
      'endless',
    ],
    {
      usual: 'a list comes whole, in one answer',
      otherwise:
        'pages; the next one is named by a cursor in this field, by a link, by `page` and `totalPages`, or not at all (`total`, `hasMore`); `endless` always names another',
    },
  ),
  errovaPageSize: count(100, [1, 1_000], {
    usual: 'so many rows to a page, where lists are paged',
    otherwise: 'any',
  }),
  errovaEmptyList: choice(['empty', 'null'], {
    usual: 'a list of nothing is an empty one',
    otherwise: 'it is null',
  }),
  errovaScopes: choice(['kept', 'widened'], {
    usual: 'a token has the scopes that were asked for',
    otherwise: 'it has every scope',
  }),
  devoCreateReturnsToken: flag(false, {
    usual: 'the value is read with a GET of the one token',
    otherwise: 'the answer to a create holds it',
  }),
  devoLifetimeSeconds: count(DAY, [1, YEARS], {
    usual: 'a day, as in the vendor’s only example; no request field asks for more',
    otherwise: 'any',
  }),
  devoScopes: choice(['kept', 'widened'], {
    usual: 'a token has the scopes that were asked for',
    otherwise: 'it reads every table',
  }),
  prefactorIdempotency: choice(['replay', 'redacted', 'ignore'], {
    usual: 'the same key and body give the same answer, token included',
    otherwise: '`redacted`: the same without the token; `ignore`: a second token',
  }),
  prefactorLastPage: choice(['missing', 'null'], {
    usual: 'the last page has no `next_page_offset`, as in the vendor’s own stand-in',
    otherwise: 'it is null, as in the OpenAPI type',
  }),
  prefactorPagination: choice(['object', 'null', 'overshoot'], {
    usual: 'a list says where it goes on',
    otherwise: '`null`: `pagination` is null; `overshoot`: every page names a next one, the last included',
  }),
  prefactorLifetimeSeconds: count(365 * DAY, [1, YEARS], {
    usual: 'a year, where a create has no `expires_at`',
    otherwise: 'any',
  }),
  prefactorExpiry: choice(['honoured', 'ignored', 'never'], {
    usual: 'a token ends when the create said',
    otherwise: '`ignored`: after the usual lifetime, whatever was asked; `never`: `expires_at` is null',
  }),
  prefactorClaims: choice(['sub', 'jti', 'sub-and-random-jti', 'random-jti', 'none'], {
    usual:
      'beside `_` with the account (`a`) and the environment (`e`), the JWT has the id of the token in `sub`',
    otherwise:
      '`jti`: the id is there; `sub-and-random-jti`: in `sub`, beside a random `jti`; `random-jti`, `none`: no claim names the token',
  }),
  prefactorAccount: choice(['summaries', 'details'], {
    usual: '`GET /account` answers `{"summaries":[…]}`',
    otherwise: '`{"details":{…}}`',
  }),
  prefactorEnvironmentScope: choice(['accepted', 'refused'], {
    usual: 'the legacy scope `environment` still makes a token',
    otherwise: 'it is a 422: the vendor’s newer type has `account` and `agent_deployment` only',
  }),
  bluebricksSessionSeconds: count(DAY / 2, [1, YEARS], {
    usual: 'the session that `bricks login` fetches lasts half a day',
    otherwise: 'any',
  }),
  bluebricksEmptyList: choice(['empty', '404'], {
    usual: 'an organization without keys has a list of none',
    otherwise: 'its list is the 404 "Key not found in organization"',
  }),
  bluebricksNameless: choice(['default', 'null', 'empty'], {
    usual: 'a create without a name makes a key named "default"',
    otherwise: 'it makes a key whose name is null, or the empty text',
  }),
  bluebricksLimitMax: count(100, [1, 1_000], {
    usual: 'a `limit` above this is a 400 that names it',
    otherwise: 'any',
  }),
  bluebricksMostKeys: count(0, [0, 1_000], {
    usual: 'an organization may have any number of keys',
    otherwise: 'it may have so many that work; a create beyond them is a 422 that names the limit',
  }),
};

export type Assumptions = ValuesOf<typeof ASSUMPTION_SWITCHES>;

/** The customer's side of each vendor: names that a test may want to choose. */
export interface SeedOptions {
  readonly errovaOrg: string;
  /** The multitenant form `child@parent` is allowed; a bare `child` is then refused. */
  readonly devoDomain: string;
  readonly devoRegion: string;
  /** The first one owns the bootstrap token. */
  readonly devoUsers: readonly string[];
  readonly bluebricksRole: 'Admin' | 'Builder' | 'Deployer' | 'Viewer';
}

export interface VendorOptions {
  readonly world: World;
  readonly assumptions: Assumptions;
  readonly seed: SeedOptions;
}

export const DEFAULT_ASSUMPTIONS: Assumptions = initialValues(ASSUMPTION_SWITCHES);

export const DEFAULT_SEED: SeedOptions = {
  errovaOrg: 'acme-inc',
  devoDomain: 'acme',
  devoRegion: 'us',
  devoUsers: ['admin@example.com', 'user@example.com', 'ci@example.com', 'me@example.com'],
  bluebricksRole: 'Admin',
};
