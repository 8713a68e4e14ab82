import type { Token } from '../../domain/token.ts';
import type { NextPage, Page, PageContext, PagedApiCall, PageWish, Paging } from '../../ports/paging.ts';
import type { ErrorAnswer, Query } from '../../ports/request.ts';
import { type Fields, flag, isFields, pick } from '../decode.ts';
import { findList } from '../envelope.ts';
import type { VendorPaging } from '../paging.ts';
import { at, lastPart } from '../pointer.ts';
import { type ListShape, readPage } from '../records.ts';
import { plainName } from '../told.ts';
import type { Definition } from './provider-table.ts';
import { type Made, requestOf } from './request.ts';
import type { PagesDefinition, RefusalRule, RequestDefinition } from './request-table.ts';
import { listOf } from './several.ts';
import { holds, lastNames, tokenOf } from './token.ts';

const MOST = 100;

export function shapeOf(definition: Definition, request: RequestDefinition): ListShape<Token> {
  const { only } = definition.token;
  const { pages } = request;
  return {
    names: [...listOf(request.list).filter((place) => place !== ''), ...lastNames(request.list)],
    ids: listOf(definition.token.id),
    decode: (fields) => tokenOf(definition, fields),
    ...(only !== undefined && { isRecord: (fields: Fields) => only.every((rule) => holds(rule, fields)) }),
    ...(pages?.by === 'offset' && { paging: vendorPaging(pages) }),
  };
}

function vendorPaging({ param, total, ends }: PagesDefinition): VendorPaging {
  return {
    ...(param !== undefined && { offset: param }),
    ...(total !== undefined && { totals: [plainName(lastPart(total))] }),
    // A vendor may give fewer records than were asked for: what follows a short page would be hidden.
    untilEmpty: ends !== 'short-page',
  };
}

export function listCall(made: Made, request: RequestDefinition): PagedApiCall<void, Token> {
  const { definition } = made;
  const { pages } = request;
  const shape = shapeOf(definition, request);
  return {
    ...rulesOf(request),
    request: (_input, settings, wish) => {
      const first = requestOf(made, request, { settings });
      const query = { ...first.query, ...pageQuery(pages, wish) };
      return Object.keys(query).length === 0 ? first : { ...first, query };
    },
    decode: (body, page) => withDocumented(readPage(body, page, shape), pages, body, page, request),
    maxPageSize: pages?.most ?? MOST,
    ...(pages?.newest !== undefined && { newestFirst: pages.newest.shownBy }),
    ...(pages?.refused !== undefined && {
      isPageRefused: (answer: ErrorAnswer) => isOneOf(pages.refused ?? [], answer),
    }),
  };
}

/** Who may make a call, and which refusals of it count as an answer. */
export function rulesOf({ auth, accepts, empty }: RequestDefinition) {
  return {
    ...(auth !== undefined && { auth: listOf(auth) }),
    ...(accepts !== undefined && { accepts }),
    ...(empty !== undefined && { isEmptyAnswer: (answer: ErrorAnswer) => isOneOf(empty, answer) }),
  };
}

/** Whether a refusal is one of those that the definition names. */
function isOneOf(rules: readonly RefusalRule[], { status, body }: ErrorAnswer): boolean {
  const said = (JSON.stringify(body) ?? '').toLowerCase();
  return rules.some((rule) => {
    const parts = rule.has === undefined ? null : listOf(rule.has);
    return (
      status === rule.status && (parts === null || parts.some((part) => said.includes(part.toLowerCase())))
    );
  });
}

function pageQuery(pages: PagesDefinition | undefined, { size, isPlain, newestFirst }: PageWish): Query {
  if (pages === undefined) return {};
  const { by, param, most = MOST, order, newest, first = 1 } = pages;
  const start = by === 'offset' ? '0' : by === 'page' ? String(first) : null;
  const sorting = newestFirst && newest !== undefined ? newest.query : order;
  return {
    ...(param !== undefined && start !== null && { [param]: start }),
    ...(pages.size !== undefined && { [pages.size]: String(Math.min(Math.max(size, 1), most)) }),
    ...(!isPlain && sorting),
  };
}

/** The documented way to the next page, where the definition names one that the general reader cannot know. */
function withDocumented(
  page: Page<Token>,
  pages: PagesDefinition | undefined,
  body: unknown,
  context: PageContext,
  request: RequestDefinition,
): Page<Token> {
  if (pages === undefined || (pages.by !== 'cursor' && pages.by !== 'page')) return page;
  // Rows that are no tokens do not end a list.
  const rows = rowsIn(body, request).length + (context.handedOver ?? 0);
  const next = documentedNext(pages, body, { context, rows, paging: page.paging, request });
  return next === undefined
    ? page
    : { ...page, paging: { ...page.paging, next, obstacle: next === null ? page.paging.obstacle : null } };
}

interface Seen {
  readonly context: PageContext;
  readonly rows: number;
  readonly paging: Paging;
  readonly request: RequestDefinition;
}

/** Null at the end; undefined where the documented places say nothing, and the general reader decides. */
function documentedNext(pages: PagesDefinition, body: unknown, seen: Seen): NextPage | null | undefined {
  const { param = '', more, total } = pages;
  const { context, rows } = seen;
  const fields = isFields(body) ? body : {};
  if (more !== undefined && flag(fields, more) === false) return null;
  const count = total === undefined ? null : Number(pick(fields, [total]));
  if (rows === 0 || (count !== null && count <= context.taken + rows)) return null;
  const told = pages.next === undefined ? lastOf(pages, body, seen.request) : pick(fields, [pages.next]);
  const value = toldValue(told, param);
  if (value !== null) return { query: { [param]: value }, replaces: false };
  if (pages.next !== undefined) return isFields(body) ? null : undefined;
  return pages.by === 'page'
    ? { query: { [param]: String((pages.first ?? 1) + context.index + 1) }, replaces: false }
    : undefined;
}

/** The cursor of the last row. */
function lastOf({ last }: PagesDefinition, body: unknown, request: RequestDefinition): unknown {
  if (last === undefined) return undefined;
  return at(rowsIn(body, request).at(-1), last);
}

function rowsIn(body: unknown, { list }: RequestDefinition): readonly unknown[] {
  return findList(body, ...listOf(list).filter((place) => place !== ''), ...lastNames(list));
}

/** Of an address of the vendor’s one parameter is taken: never its host or path. */
function toldValue(told: unknown, param: string): string | null {
  if (typeof told === 'number') return Number.isSafeInteger(told) && told > 0 ? String(told) : null;
  if (typeof told !== 'string' || told === '' || told.length > 2_048) return null;
  if (!/^(?:https?:)?\/|^\?/.test(told)) return told;
  const base = 'https://vendor.invalid';
  return URL.canParse(told, base) ? new URL(told, base).searchParams.get(param) : null;
}
