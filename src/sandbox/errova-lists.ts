import type { Assumptions } from './assumptions.ts';
import { invalid } from './errova-answer.ts';
import { json } from './message.ts';
import { Refusal } from './refusal.ts';
import type { Json, SandboxRequest, SandboxResponse } from './vendor.ts';

type Rows = readonly Json[];

interface PageFacts {
  /** The rows of this page and of those before it. */
  readonly end: number;
  readonly total: number;
  readonly size: number;
  /** A cursor of the next page; null on the last one. */
  readonly cursor: string | null;
  /** Path and query of the next page; null on the last one. */
  readonly link: string | null;
}

interface PageWords {
  readonly fields: Readonly<Record<string, Json>>;
  readonly link?: string | null;
}

/** Errova's lists, which nobody documents: refused, whole, or in pages of any of the usual styles. */
export interface ErrovaLists {
  /** The answer to every GET of a vendor that has no lists; undefined to let the request pass. */
  inTheWay(request: SandboxRequest): SandboxResponse | undefined;
  answer(request: SandboxRequest, name: string, rows: Rows): SandboxResponse;
}

const CURSOR_PARAMETERS = ['cursor', 'after', 'pageToken', 'page_token', 'next_cursor', 'nextCursor'];
const WEB_PAGE = '<!doctype html><title>Errova</title><div id="root"></div>\n';

export function createErrovaLists(assumptions: Assumptions): ErrovaLists {
  const { errovaLists, errovaPaging, errovaPageSize, errovaEmptyList } = assumptions;
  return {
    inTheWay({ method }) {
      if (method !== 'GET' || errovaLists === 'answered') return undefined;
      if (errovaLists !== 'html')
        throw new Refusal(Number(errovaLists), 'no_such_list', 'this cannot be listed');
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: WEB_PAGE };
    },
    answer(request, name, rows) {
      if (rows.length === 0 && errovaEmptyList === 'null') return json(200, { [name]: null });
      if (errovaPaging === 'none') return json(200, { [name]: rows });
      const asked = readOffset(request.query, errovaPageSize);
      // There is no way on in the first two, and none out of the third.
      const stuck = ['total', 'hasMore', 'endless'].includes(errovaPaging);
      const offset = stuck ? 0 : asked;
      const end = Math.min(rows.length, offset + errovaPageSize);
      const more = end < rows.length || errovaPaging === 'endless';
      const next = errovaPaging === 'endless' ? asked + errovaPageSize : end;
      const cursor = more ? cursorAt(next, errovaPaging === 'numericCursor') : null;
      const link = cursor === null ? null : `${request.rawPath}?cursor=${encodeURIComponent(cursor)}`;
      const words = PAGE_WORDS[errovaPaging]({ end, total: rows.length, size: errovaPageSize, cursor, link });
      const answer = json(200, { [name]: rows.slice(offset, end), ...words.fields });
      return words.link ? { ...answer, headers: { link: `<${words.link}>; rel="next"` } } : answer;
    },
  };
}

const PAGE_WORDS: Readonly<
  Record<Exclude<Assumptions['errovaPaging'], 'none'>, (page: PageFacts) => PageWords>
> = {
  nextCursor: ({ cursor }) => ({ fields: { nextCursor: cursor } }),
  next_cursor: ({ cursor }) => ({ fields: { next_cursor: cursor } }),
  nextPageToken: ({ cursor }) => ({ fields: { nextPageToken: cursor ?? '' } }),
  'meta.nextCursor': ({ cursor }) => ({ fields: { meta: { nextCursor: cursor } } }),
  'pagination.nextCursor': ({ cursor }) => ({ fields: { pagination: { nextCursor: cursor } } }),
  'pageInfo.endCursor': ({ cursor }) => ({
    fields: { pageInfo: { hasNextPage: cursor !== null, endCursor: cursor } },
  }),
  numericCursor: ({ cursor }) => ({ fields: { nextCursor: cursor === null ? null : Number(cursor) } }),
  next: ({ link }) => ({ fields: { next: link } }),
  'links.next': ({ link }) => ({ fields: { links: { next: link } } }),
  linkHeader: ({ link }) => ({ fields: {}, link }),
  page: ({ end, size, total }) => ({
    fields: { page: Math.max(1, Math.ceil(end / size)), totalPages: Math.ceil(total / size) },
  }),
  total: ({ total }) => ({ fields: { total } }),
  hasMore: ({ cursor }) => ({ fields: { hasMore: cursor !== null } }),
  endless: ({ cursor }) => ({ fields: { nextCursor: cursor } }),
};

function readOffset(query: URLSearchParams, size: number): number {
  const page = query.get('page');
  if (page !== null) return Math.max(0, readCount(page) - 1) * size;
  const name = CURSOR_PARAMETERS.find((each) => query.has(each));
  if (name === undefined) return 0;
  const cursor = query.get(name) ?? '';
  return readCount(
    /^\d+$/.test(cursor) ? cursor : Buffer.from(cursor, 'base64url').toString().replace('at:', ''),
  );
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw invalid('no page of this list is named so');
  return Number(text);
}

function cursorAt(offset: number, asNumber: boolean): string {
  return asNumber ? String(offset) : Buffer.from(`at:${offset}`).toString('base64url');
}
