import type { PageContext } from '../ports/paging.ts';
import type { Query } from '../ports/request.ts';
import { isFields, pick } from './decode.ts';
import type { Told } from './told.ts';

/** A next link: its query where it leads to the same list; `elsewhere` is never asked, it would get the credential. */
export type PlacedLink = { readonly kind: 'here'; readonly query: Query } | { readonly kind: 'elsewhere' };

const LINK_NAMES: ReadonlySet<string> = new Set([
  ...['next', 'nextlink', 'nexturl', 'nexturi', 'nexthref', 'nextpage', 'nextpageurl', 'nextpagelink'],
  ...['nextpageuri', 'nextpath', 'odatanextlink', 'nextrecordsurl', 'nextpagepath'],
]);
const ADDRESSES = ['href', 'url', 'uri', 'link', 'path'];

/** The link to the next page: in the body under any known name, or in the `Link` header. */
export function nextLinkOf(told: readonly Told[], page: PageContext): PlacedLink | null {
  const links = [
    ...told.filter(isLink).map(({ value }) => addressIn(value)),
    nextOfHeader(page.header('link')),
  ].filter((link) => link !== null);
  const placed = links.map((link) => place(link, page));
  return placed.find(({ kind }) => kind === 'here') ?? placed[0] ?? null;
}

/** Whether the field holds an address of the next page rather than a cursor. */
export function isLink({ name, value }: Told): boolean {
  return LINK_NAMES.has(name) && addressIn(value) !== null;
}

function addressIn(value: unknown): string | null {
  const address = isFields(value) ? pick(value, ADDRESSES) : value;
  return typeof address === 'string' && isAddress(address) ? address.trim() : null;
}

function isAddress(text: string): boolean {
  return /^\s*(https?:)?\/|^\s*\.{0,2}[/?]/i.test(text) || /^[\w./-]*\?[^=\s]+=/.test(text.trim());
}

/** RFC 8288: `<https://api.example.com/x?page=2>; rel="next", <…>; rel="last"`. */
function nextOfHeader(header: string | null): string | null {
  for (const match of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(match[2] ?? '');
    const words = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    if (words.includes('next')) return (match[1] ?? '').trim();
  }
  return null;
}

/** Only the query is taken, and only of the origin and path that the list has. */
function place(link: string, { origin, request }: PageContext): PlacedLink {
  try {
    const base = new URL(origin + request.path);
    const url = new URL(link, base);
    const isSame = url.origin === base.origin && plainPath(url) === plainPath(base);
    const names = [...url.searchParams.keys()];
    if (!isSame || new Set(names).size !== names.length) return { kind: 'elsewhere' };
    return { kind: 'here', query: Object.fromEntries(url.searchParams) };
  } catch {
    return { kind: 'elsewhere' };
  }
}

function plainPath({ pathname }: URL): string {
  return decodeURIComponent(pathname).replace(/\/+$/, '');
}
