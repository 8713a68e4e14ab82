import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { renameToken } from '../../../src/core/rename-token.ts';
import { AppError, isAppError } from '../../../src/domain/errors.ts';
import type { Token } from '../../../src/domain/token.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import {
  type Answer,
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  NOW,
  tokenOf,
} from '../../support/fakes.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';

const SETTLE_MS = 5_000;
const OLD = 'etl';
const WISH = 'Nightly Load';

interface Vendor {
  readonly title: string;
  readonly provider: Provider;
  /** A GET of one token where there is one, else of the list; and the answer to a rename. */
  readonly show: (token: Token) => unknown;
  readonly list: (tokens: readonly Token[]) => unknown;
}

function withAnswer(hasGet: boolean): Vendor {
  const { facts, tokens, ...rest } = fakeProvider({ facts: { settleMs: SETTLE_MS } });
  const { rename, get, ...others } = tokens;
  if (!rename || !get) throw new Error('the fake has both');
  const decode = (body: unknown) => (body as { item?: Token } | null)?.item ?? null;
  return {
    title: hasGet ? 'a vendor with a GET' : 'a vendor with a list',
    provider: {
      ...rest,
      facts,
      tokens: { ...others, ...(hasGet ? { get } : {}), rename: { ...rename, answer: 'optional', decode } },
    },
    show: (item) => ({ item }),
    list: (items) => ({ items }),
  };
}

const REAL = [errova, devo, prefactor, bluebricks];
/** Each real vendor that can rename; a new one has to be added by its answers. */
const VENDORS: readonly Vendor[] = [
  withAnswer(true),
  withAnswer(false),
  {
    title: devo.title,
    provider: devo,
    show: ({ id, name }) => ({ id, name, active: true }),
    list: (tokens) => tokens.map(({ id, name }) => ({ id, name, active: true })),
  },
];

it('every vendor that renames is tried', () => {
  const renamers = REAL.filter(({ tokens }) => tokens.rename !== undefined);
  expect(VENDORS.map(({ provider }) => provider)).toEqual(expect.arrayContaining(renamers));
});

/** A name, a failure, or `absent`: what a look at the token shows after the rename was answered. */
type Look = { readonly name: string | null } | 'absent' | 'down' | 'closed';

interface Case {
  readonly looks: readonly Look[];
  /** The name in the answer to the rename; undefined for an answer without a token. */
  readonly answered?: string | null;
  readonly isOwn?: boolean;
}

async function rename({ provider, show, list }: Vendor, { looks, answered, isOwn = false }: Case) {
  const left = [...looks];
  /** A token that is not found by its id is looked for in the list: both are one look. */
  let isListDue = false;
  const look = (path: string): Answer => {
    const isList = !path.endsWith('/7');
    if (isList && isListDue) {
      isListDue = false;
      return { body: list([]) };
    }
    const one = left.length > 1 ? left.shift() : left[0];
    if (one === undefined || one === 'down')
      return new AppError({ code: 'unavailable', message: 'no answer' });
    if (one === 'closed') return { status: 401, body: { message: 'closed' } };
    const token = one === 'absent' ? null : tokenOf('7', { name: one.name });
    if (isList) return { body: list(token ? [token] : []) };
    isListDue = token === null;
    return token ? { body: show(token) } : { status: 404, body: { message: 'unknown' } };
  };
  const transport = new FakeTransport(({ method, path }) => {
    if (method === 'GET') return look(path);
    return { body: answered === undefined ? '' : show(tokenOf('7', { name: answered })) };
  });
  const connection = fakeConnection(provider, isOwn ? '7' : null);
  const audit = new FakeAudit();
  const clock = new FakeClock();
  const client = new Client({ ...connection, settings: { region: 'us', domain: 'acme' } }, transport);
  const deps = { client, profiles: new FakeProfiles(), clock, audit };
  const token = { ...tokenOf('7', { name: OLD }), inUse: isOwn };
  const plan = await renameToken(deps, token, ` ${WISH} `);
  const done = await plan.apply().catch((error: unknown) => {
    if (isAppError(error)) return error;
    throw error;
  });
  return {
    code: done instanceof AppError ? done.code : 'ok',
    told: done instanceof AppError ? done.message : done.notes.join('; '),
    name: done instanceof AppError ? undefined : done.token.name,
    outcome: audit.events[0]?.outcome,
    waited: clock.now() - NOW,
    sent: transport.lines.filter((line) => !line.startsWith('GET')).length,
  };
}

const named = (name: string | null): Look => ({ name });
const other = (name: string) =>
  new RegExp(`accepted the request to rename .* to "${WISH}", but it is ${name}`);
const UNCONFIRMED = new RegExp(`^could not confirm that "${OLD}" \\(id 7\\) is now called "${WISH}"`);

const RENAMED: readonly (readonly [string, Case, string, RegExp])[] = [
  // what comes, the case, the name that is told, what a person reads
  ['the look shows it', { looks: [named(WISH)] }, WISH, /^renamed "etl" \(id 7\) to "Nightly Load" at/],
  ['the look lags once', { looks: [named(OLD), named(WISH)] }, WISH, /^renamed/],
  ['the look is missing once', { looks: ['absent', named(WISH)] }, WISH, /^renamed/],
  ['the answer shows the old name, the look the new one', { looks: [named(WISH)], answered: OLD }, WISH, /./],
  ['no look, the answer shows it', { looks: ['down'], answered: WISH }, WISH, /^renamed/],
  ['a look without a name, the answer shows it', { looks: [named(null)], answered: WISH }, WISH, /^renamed/],
  [
    'the vendor writes it in lower case',
    { looks: [named('nightly load')] },
    'nightly load',
    /asked for the name "Nightly Load"; the provider says "nightly load"/,
  ],
];

const REFUTED: readonly (readonly [string, Case, RegExp])[] = [
  ['the old name stays', { looks: [named(OLD)] }, other(`still called "${OLD}"`)],
  ['the answer shows it, the look does not', { looks: [named(OLD)], answered: WISH }, other('still called')],
  ['another name', { looks: [named('x')] }, other('called "x"')],
  ['it is not there', { looks: ['absent'] }, other('not there')],
  ['no second look', { looks: [named(OLD), 'down'] }, other('still called')],
  ['no look, the answer shows the old name', { looks: ['down'], answered: OLD }, other('still called')],
  ['no look, the answer shows another name', { looks: ['down'], answered: 'x' }, other('called "x"')],
];

const UNKNOWN: readonly (readonly [string, Case, RegExp])[] = [
  ['no look, an answer without a token', { looks: ['down'] }, /could not be looked up \(no answer\)/],
  ['no look, an answer without a name', { looks: ['down'], answered: null }, /without a name/],
  ['a look without a name', { looks: [named(null)] }, /without a name/],
  ['the credential is refused from then on', { looks: ['closed'], isOwn: true }, /refuses the credential/],
];

describe.each(VENDORS)('a rename at $title that was answered with a success', (vendor) => {
  it.each(RENAMED)('%s: done', async (_, given, name, told) => {
    const result = await rename(vendor, given);
    expect(result).toMatchObject({ code: 'ok', name, outcome: 'ok', sent: 1 });
    expect(result.told).toMatch(told);
    expect(result.waited).toBe(given.looks.length > 1 ? SETTLE_MS : 0);
  });

  it.each(REFUTED)('%s: failed', async (_, given, told) => {
    const result = await rename(vendor, given);
    expect(result).toMatchObject({ code: 'failure', outcome: 'failed', sent: 1 });
    expect(result.told).toMatch(told);
    expect(result.waited).toBe(given.looks[0] === 'down' ? 0 : SETTLE_MS);
  });

  it.each(UNKNOWN)('%s: not claimed', async (_, given, why) => {
    const result = await rename(vendor, given);
    expect(result).toMatchObject({ code: 'ok', name: null, outcome: 'unknown', waited: 0, sent: 1 });
    expect(result.told).toMatch(UNCONFIRMED);
    expect(result.told).toMatch(why);
  });
});
