import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import type { WholeOrNot } from '../../../src/core/listing.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import type { Query, Settings } from '../../../src/ports/request.ts';
import { FakeTransport } from '../../support/fakes.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';

const ORIGIN = 'https://vendor.example';
const COUNT = 250;
const PAGE = 100;
const IDS = Array.from({ length: COUNT }, (_, index) => `t${index + 1}`);

interface Vendor {
  readonly provider: Provider;
  readonly settings: Settings;
  readonly path: string;
  readonly wrap: (records: readonly object[]) => object;
}

const VENDORS: readonly Vendor[] = [
  {
    provider: errova,
    settings: { org: 'acme' },
    path: '/api/organizations/acme/machine-tokens',
    wrap: (machineTokens) => ({ machineTokens }),
  },
  {
    provider: devo,
    settings: { region: 'us', domain: 'acme' },
    path: '/ws/accounts/acme/credentials/tokens',
    wrap: (tokens) => ({ tokens }),
  },
  {
    provider: prefactor,
    settings: {},
    path: '/api/v1/api_token',
    wrap: (summaries) => ({ status: 'success', summaries }),
  },
  { provider: bluebricks, settings: {}, path: '/api/v1/auth/keys', wrap: (list) => ({ list }) },
];

/** Where the answer to a query begins, and what it tells of the next page, which begins at `to` (null at the end). */
interface Style {
  readonly from: (query: Query) => number;
  readonly tell: (told: Told) => {
    readonly extra?: object;
    readonly headers?: Record<string, string>;
    readonly status?: number;
  };
}

interface Told {
  readonly from: number;
  readonly to: number;
  readonly isLast: boolean;
  /** `c100`, null at the end. */
  readonly cursor: string | null;
  readonly vendor: Vendor;
}

interface Seen extends WholeOrNot<{ readonly id: string }> {
  readonly requests: readonly Query[];
}

async function list(vendor: Vendor, { from, tell }: Style): Promise<Seen> {
  const transport = new FakeTransport(({ query }) => {
    const start = from(query);
    const to = Math.min(start + PAGE, COUNT);
    const isLast = to >= COUNT;
    const {
      extra,
      headers,
      status = 200,
    } = tell({ from: start, to, isLast, cursor: isLast ? null : `c${to}`, vendor });
    const records = IDS.slice(start, to).map((id) => ({ id, name: id }));
    return { status, body: { ...vendor.wrap(records), ...extra }, ...(headers && { headers }) };
  });
  const { provider } = vendor;
  const client = clientOf(vendor, transport);
  if (!provider.tokens.list) throw new Error('every vendor lists');
  const listed = await client.all(provider.tokens.list, undefined);
  return { ...listed, requests: transport.sent.map(({ query }) => query) };
}

function clientOf({ provider, settings }: Vendor, transport: FakeTransport): Client {
  const connection = { provider, profile: null, settings, origin: ORIGIN, auth: provider.auth[0] };
  const secret = Secret.of('kt_manager_0123456789');
  return new Client({ ...connection, secret, credentialName: null, tokenId: null }, transport);
}

/** A server that knows one parameter, and begins anew where it is missing. */
function by(parameter: string, tell: Style['tell']): Style {
  return { from: (query) => Number((query[parameter] ?? '0').replace(/^c/, '')), tell };
}

function byPage(tell: Style['tell'], first = 1): Style {
  return { from: ({ page }) => (Number(page ?? first) - first) * PAGE, tell };
}

const byOffset = (tell: Style['tell']): Style => ({
  from: (query) => Number(query['pagination[offset]'] ?? query['offset'] ?? 0),
  tell,
});

const linkTo = ({ cursor, vendor }: Told) => cursor && `${ORIGIN}${vendor.path}?at=${cursor}`;
const page = (from: number) => from / PAGE + 1;

const FOLLOWED: Readonly<Record<string, Style>> = {
  'nextCursor, null at the end': by('cursor', ({ cursor }) => ({ extra: { nextCursor: cursor } })),
  'next_cursor, empty at the end': by('cursor', ({ cursor }) => ({ extra: { next_cursor: cursor ?? '' } })),
  'meta.nextCursor, absent at the end': by('cursor', ({ cursor }) => ({
    extra: { meta: cursor ? { nextCursor: cursor } : {} },
  })),
  'pagination.next_cursor': by('cursor', ({ cursor }) => ({
    extra: { pagination: { next_cursor: cursor } },
  })),
  'response_metadata.next_cursor': by('cursor', ({ cursor }) => ({
    extra: { response_metadata: { next_cursor: cursor ?? '' } },
  })),
  'a bare next': by('cursor', ({ cursor }) => ({ extra: { next: cursor } })),
  'next that is false at the end': by('cursor', ({ cursor }) => ({ extra: { next: cursor ?? false } })),
  'cursor.next': by('cursor', ({ cursor }) => ({ extra: { cursor: { next: cursor } } })),
  nextPageToken: by('pageToken', ({ cursor }) => ({ extra: cursor ? { nextPageToken: cursor } : {} })),
  next_page_token: by('page_token', ({ cursor }) => ({ extra: { next_page_token: cursor } })),
  nextToken: by('nextToken', ({ cursor }) => ({ extra: { nextToken: cursor } })),
  'pageInfo.endCursor': by('after', ({ to, isLast }) => ({
    extra: { pageInfo: { hasNextPage: !isLast, endCursor: `c${to}` } },
  })),
  'page_info.end_cursor': by('after', ({ to, isLast }) => ({
    extra: { page_info: { has_next_page: !isLast, end_cursor: `c${to}` } },
  })),
  'paging.cursors.after, also at the end': by('after', ({ to }) => ({
    extra: { paging: { cursors: { before: 'x', after: `c${to}` } } },
  })),
  'paging.next.after': by('after', ({ cursor }) => ({
    extra: { paging: cursor ? { next: { after: cursor } } : {} },
  })),
  continuationToken: by('continuationToken', ({ cursor }) => ({ extra: { continuationToken: cursor } })),
  'nextContinuationToken, isTruncated': by('continuationToken', ({ cursor, isLast }) => ({
    extra: { isTruncated: !isLast, nextContinuationToken: cursor },
  })),
  'metadata.continue': by('continue', ({ cursor }) => ({ extra: { metadata: { continue: cursor ?? '' } } })),
  marker: by('marker', ({ cursor }) => ({ extra: { marker: cursor } })),
  nextMarker: by('marker', ({ cursor }) => ({ extra: { nextMarker: cursor } })),
  'bookmark, also at the end': by('bookmark', ({ to }) => ({ extra: { bookmark: `c${to}` } })),
  _scroll_id: by('scroll_id', ({ to }) => ({ extra: { _scroll_id: `c${to}` } })),
  'a numeric cursor': by('cursor', ({ to, isLast }) => ({ extra: { nextCursor: isLast ? null : to } })),
  'a numeric cursor, 0 at the end': by('cursor', ({ to, isLast }) => ({
    extra: { next_cursor: isLast ? 0 : to },
  })),
  'next, an address': by('at', (told) => ({ extra: { next: linkTo(told) } })),
  'links.next, relative': by('at', ({ cursor }) => ({
    extra: { links: { next: cursor && `?at=${cursor}` } },
  })),
  'links.next.href': by('at', (told) => ({
    extra: { links: { next: told.cursor && { href: linkTo(told) } } },
  })),
  '_links.next.href': by('at', (told) => ({
    extra: { _links: told.cursor ? { next: { href: linkTo(told) } } : {} },
  })),
  'links as a list': by('at', (told) => ({
    extra: {
      links: [{ rel: 'self', href: '/x' }, ...(told.cursor ? [{ rel: 'next', href: linkTo(told) }] : [])],
    },
  })),
  '@odata.nextLink': by('$skiptoken', ({ cursor, vendor }) => ({
    extra: cursor ? { '@odata.nextLink': `${vendor.path}?%24skiptoken=${cursor}` } : {},
  })),
  next_page_url: by('at', (told) => ({ extra: { next_page_url: linkTo(told), per_page: PAGE } })),
  'the Link header': by('at', (told) => ({
    headers: {
      link: `<${ORIGIN}${told.vendor.path}>; rel="first"${told.cursor ? `, <${linkTo(told)}>; title="x"; rel="next last"` : ''}`,
    },
  })),
  'nextPage, a number': byPage(({ from, isLast }) => ({
    extra: { nextPage: isLast ? null : page(from) + 1 },
  })),
  'next, the number of a page': byPage(({ from, isLast }) => ({
    extra: { page: page(from), next: isLast ? null : page(from) + 1 },
  })),
  'page and total_pages': byPage(({ from }) => ({ extra: { meta: { page: page(from), total_pages: 3 } } })),
  'page_count alone': byPage(() => ({ extra: { page_count: 3 } })),
  'pages counted from 0, as Spring does': byPage(
    ({ from, isLast }) => ({
      extra: { number: from / PAGE, totalPages: 3, last: isLast, totalElements: COUNT },
    }),
    0,
  ),
  'pages counted from 0 without a last': byPage(
    ({ from }) => ({ extra: { page: { number: from / PAGE, totalPages: 3 } } }),
    0,
  ),
  'currentPage and hasMore': byPage(({ from, isLast }) => ({
    extra: { pagination: { currentPage: page(from), hasMore: !isLast } },
  })),
  'the x-next-page header': byPage(({ from, isLast }) => ({
    headers: { 'x-next-page': isLast ? '' : String(page(from) + 1) },
  })),
  'next, the offset': byOffset(({ to, isLast }) => ({ extra: { next: isLast ? null : to } })),
  next_offset: byOffset(({ to, isLast }) => ({ extra: { next_offset: isLast ? null : to } })),
  'nextOffset beyond the end': byOffset(({ to }) => ({ extra: { nextOffset: to } })),
  'offset and total': byOffset(({ from }) => ({ extra: { offset: from, limit: PAGE, total: COUNT } })),
  'offset and has_more': byOffset(({ from, isLast }) => ({ extra: { offset: from, has_more: !isLast } })),
  'next.cursor, an empty object at the end': by('cursor', ({ cursor }) => ({
    extra: { next: cursor ? { cursor, limit: PAGE } : {} },
  })),
  'pagination.next.token': by('token', ({ cursor }) => ({
    extra: { pagination: { next: { token: cursor } } },
  })),
  'pagination.next.page': byPage(({ from, isLast }) => ({
    extra: { pagination: { next: isLast ? false : { page: page(from) + 1 } } },
  })),
  'next_cursor.value': by('cursor', ({ cursor }) => ({
    extra: { meta: { next_cursor: { value: cursor } } },
  })),
  'next.cursor.value': by('cursor', ({ cursor }) => ({ extra: { next: { cursor: { value: cursor } } } })),
  'endCursor.cursor': by('after', ({ cursor }) => ({
    extra: { pageInfo: { endCursor: { cursor }, hasNextPage: cursor ? 'yes' : 'no' } },
  })),
  'nextCursor, the word "false" at the end': by('cursor', ({ cursor }) => ({
    extra: { nextCursor: cursor ?? 'false' },
  })),
  'nextCursor, an empty list at the end, as PHP does': by('cursor', ({ cursor }) => ({
    extra: { nextCursor: cursor ?? [] },
  })),
  'paginationMetadata.next_cursor': by('cursor', ({ cursor }) => ({
    extra: { paginationMetadata: { next_cursor: cursor } },
  })),
  'next_cursor in an object of any name': by('cursor', ({ cursor }) => ({
    extra: { extra: { next_cursor: cursor } },
  })),
  'info.next, an address': by('at', (told) => ({ extra: { info: { pages: 3, next: linkTo(told) } } })),
  'link as a list with relations': by('at', (told) => ({
    extra: {
      link: [{ relation: 'self' }, ...(told.cursor ? [{ relation: 'Next', url: linkTo(told) }] : [])],
    },
  })),
  'links as a list with a cursor': by('cursor', ({ cursor }) => ({
    extra: { links: [{ rel: ['next'], cursor }] },
  })),
  'nextCursor beside a next that is false': by('cursor', ({ cursor }) => ({
    extra: { next: false, nextCursor: cursor },
  })),
  'next_page.offset': by('offset', ({ cursor }) => ({
    extra: { next_page: cursor && { offset: cursor, path: '/elsewhere?offset=1' } },
  })),
};

/** Two vendors document an offset: they are never asked for a page by its number, nor Prefactor by a bare `offset`. */
function followedBy({ provider: { id } }: Vendor): readonly (readonly [string, Style])[] {
  const isCounted = id === 'prefactor' || id === 'bluebricks';
  return Object.entries(FOLLOWED).filter(
    ([name]) =>
      !(isCounted && COUNTED_PAGES.has(name)) && !(id === 'prefactor' && name === 'next_page.offset'),
  );
}

const COUNTED_PAGES: ReadonlySet<string> = new Set([
  ...['page and total_pages', 'page_count alone', 'pages counted from 0, as Spring does'],
  ...['pages counted from 0 without a last', 'currentPage and hasMore'],
]);

describe.each(VENDORS)('$provider.id follows', (vendor) => {
  it.each(followedBy(vendor))('%s', async (_, style) => {
    const { items, whole, why, requests } = await list(vendor, style);
    expect({ count: items.length, whole, why }).toEqual({ count: COUNT, whole: true, why: null });
    expect(requests.length).toBeLessThanOrEqual(5);
  });
});

const CUT: Readonly<Record<string, readonly [Style['tell'], RegExp]>> = {
  'a total that is not reached': [() => ({ extra: { total: COUNT } }), /counts 250 and gave 100/],
  'totalCount as text': [() => ({ extra: { meta: { totalCount: String(COUNT) } } }), /counts 250/],
  item_count: [() => ({ extra: { pagination: { item_count: COUNT } } }), /counts 250/],
  'a count of more than came': [() => ({ extra: { count: COUNT } }), /counts 250/],
  'the x-total-count header': [() => ({ headers: { 'x-total-count': String(COUNT) } }), /counts 250/],
  'the content-range header': [() => ({ headers: { 'content-range': `items 0-99/${COUNT}` } }), /counts 250/],
  'hasMore without a cursor': [() => ({ extra: { hasMore: true } }), /says that there are more|same page/],
  'has_next as text': [
    () => ({ extra: { paging: { has_next: 'true' } } }),
    /says that there are more|same page/,
  ],
  'last: false': [() => ({ extra: { last: false } }), /says that there are more|same page/],
  'next: true': [() => ({ extra: { next: true } }), /says that there are more|same page/],
  'a count of one page beside that of all': [() => ({ extra: { count: PAGE, of: COUNT } }), /counts 250/],
  totalTokens: [() => ({ extra: { meta: { totalTokens: COUNT } } }), /counts 250/],
  'the x-pagination header': [
    () => ({ headers: { 'x-pagination': `{"TotalCount":${COUNT}}` } }),
    /counts 250|same page/,
  ],
  'incomplete_results: true': [() => ({ extra: { incomplete_results: true } }), /says that there are more/],
  'done: false': [() => ({ extra: { done: false } }), /says that there are more/],
  'a number that remains': [
    () => ({ extra: { metadata: { remainingItemCount: 150 } } }),
    /says that there are more/,
  ],
  'the status 206': [() => ({ status: 206 }), /says that there are more/],
  'a next page under a name of its own': [() => ({ extra: { next_batch: 'c100' } }), /cursor/],
  'pages that the server gives the first of again': [
    () => ({ extra: { page: 1, last_page: 3 } }),
    /same page again/,
  ],
  'a next link of another origin': [
    ({ vendor }) => ({ extra: { next: `https://evil.example${vendor.path}?at=c100` } }),
    /another address/,
  ],
  'a next link of another path': [
    () => ({ extra: { links: { next: `${ORIGIN}/other?at=c100` } } }),
    /another address/,
  ],
  'a Link header to another host': [
    ({ vendor }) => ({ headers: { link: `<//evil.example${vendor.path}?at=1>; rel=next` } }),
    /another address/,
  ],
  'a cursor that is an object': [() => ({ extra: { nextCursor: { key: 1 } } }), /cursor/],
  'a next that is an object of strange fields': [() => ({ extra: { next: { query: { at: 1 } } } }), /cursor/],
  'a cursor of several values': [() => ({ extra: { search_after: ['c100', 1] } }), /cursor/],
  'a key for the next page': [() => ({ extra: { LastEvaluatedKey: { pk: { S: 'c100' } } } }), /cursor/],
  'nextPage: true': [() => ({ extra: { nextPage: true } }), /says that there are more|same page/],
  'nextCursor: "true"': [() => ({ extra: { nextCursor: 'true' } }), /says that there are more|same page/],
  'has_more: "yes"': [() => ({ extra: { list_info: { has_more: 'yes' } } }), /says that there are more|same/],
  'a link to the next page without a query': [
    () => ({ extra: { links: [{ rel: 'next', href: 'tokens/2' }] } }),
    /cursor/,
  ],
  'a cursor that is too long': [() => ({ extra: { nextCursor: 'x'.repeat(3_000) } }), /cursor/],
  'a next page that is the same again': [() => ({ extra: { nextCursor: 'c100' } }), /same page again/],
};

describe.each(VENDORS)('$provider.id is not whole with', (vendor) => {
  it.each(Object.entries(CUT))('%s', async (_, [tell, reason]) => {
    // Nothing of the query is known to this server: it gives the first page again and again.
    const { items, whole, why, requests } = await list(vendor, { from: () => 0, tell });
    expect(items).toHaveLength(PAGE);
    expect(whole).toBe(false);
    const isStepped = vendor.provider.id === 'prefactor' || vendor.provider.id === 'bluebricks';
    expect(why).toMatch(isStepped ? new RegExp(`${reason.source}|same page again`) : reason);
    expect(requests.length).toBeLessThanOrEqual(3);
    expect(JSON.stringify(requests)).not.toContain('evil');
  });
});

const ENDED: Readonly<Record<string, object>> = {
  'next: {}': { next: {} },
  'next: false': { next: false },
  'next: "false"': { next: 'false' },
  'next: ""': { next: '' },
  'next: []': { next: [] },
  'next without a cursor': { next: { cursor: null, limit: PAGE } },
  'next without an address': { links: { next: { href: null, title: 'next', method: 'GET' } } },
  'a link to the next page without an address': { links: [{ rel: 'next', href: '' }] },
  'next_cursor.value: null': { meta: { next_cursor: { value: null } } },
  'a cursor that only leads back': { next: null, cursor: { before: 'x', after: null } },
  'nextPage: false': { nextPage: false },
  'nothing but that it is whole': {
    next: null,
    incomplete_results: false,
    timed_out: false,
    done: true,
    remaining: 7,
  },
  'has_more: "no"': { has_more: 'no', next_cursor: 'c100' },
};

describe.each(VENDORS)('$provider.id ends at', (vendor) => {
  it.each(Object.entries(ENDED))('%s', async (_, extra) => {
    const { items, whole, requests } = await list(vendor, { from: () => 0, tell: () => ({ extra }) });
    expect({ count: items.length, whole, requests: requests.length }).toEqual({
      count: PAGE,
      whole: true,
      requests: 1,
    });
  });
});

describe.each(VENDORS)('a next page of $provider.id without a body', (vendor) => {
  it.each([undefined, null])('%j is no end', async (body) => {
    const { provider, wrap } = vendor;
    const records = IDS.slice(0, PAGE).map((id) => ({ id, name: id }));
    const first = { body: { ...wrap(records), nextCursor: 'c100' } };
    const transport = new FakeTransport(({ query }) => (query['cursor'] ? { status: 204, body } : first));
    const client = clientOf(vendor, transport);
    if (!provider.tokens.list) throw new Error('every vendor lists');
    const { whole, why } = await client.all(provider.tokens.list, undefined);
    expect({ whole, why }).toEqual({ whole: false, why: expect.stringMatching(/empty/) });
  });
});

it('a next page without a body that was only tried by its offset is the end', async () => {
  const [, , , vendor] = VENDORS;
  if (!vendor) throw new Error('there is Bluebricks');
  const full = IDS.slice(0, PAGE).map((id) => ({ id, name: id }));
  const transport = new FakeTransport(({ query }) =>
    query['offset'] === '0' ? { body: vendor.wrap(full) } : { status: 204 },
  );
  const client = clientOf(vendor, transport);
  if (!vendor.provider.tokens.list) throw new Error('every vendor lists');
  expect(await client.all(vendor.provider.tokens.list, undefined)).toMatchObject({ whole: true });
});

describe('a next page', () => {
  it('of a link has the query of the link alone; a cursor is added to the first query', async () => {
    const [, , vendor] = VENDORS;
    if (!vendor) throw new Error('there is Prefactor');
    const byLink = await list(
      vendor,
      by('at', (told) => ({ extra: { next: linkTo(told) } })),
    );
    expect(byLink.requests[1]).toEqual({ at: 'c100' });
    const byCursor = await list(
      vendor,
      by('cursor', ({ cursor }) => ({ extra: { nextCursor: cursor } })),
    );
    expect(byCursor.requests[1]).toEqual({ ...byCursor.requests[0], cursor: 'c100' });
  });

  it.each([
    ['a total that is the length of the page', { total: PAGE }],
    ['a count of the page', { count: PAGE, item_count: PAGE }],
  ])('is asked for in spite of %s', async (_, counts) => {
    const [vendor] = VENDORS;
    if (!vendor) throw new Error('there is Errova');
    const style = by('cursor', ({ cursor, from }) => ({
      extra: { nextCursor: cursor, ...(from === 0 ? counts : {}) },
    }));
    expect(await list(vendor, style)).toMatchObject({ whole: true });
  });
});
