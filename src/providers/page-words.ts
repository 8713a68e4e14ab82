/** Names without case and punctuation, as in `Told`. */
export const TOTAL_PAGES = [
  ...['totalpages', 'pagecount', 'pagetotal', 'numpages', 'lastpage', 'pages', 'xtotalpages', 'totalpage'],
  ...['lastpagenumber', 'maxpage', 'numberofpages', 'noofpages', 'pagestotal'],
];
export const PAGE_NUMBERS = ['currentpage', 'pagenumber', 'pageindex', 'pageno', 'page', 'number'];
export const OFFSETS = ['offset', 'pageoffset', 'skip', 'startindex', 'start'];

/** Null where it is neither; a number may also be one of a page. */
export function yesOrNo(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const word = String(value).trim().toLowerCase();
  return YES.includes(word) ? true : NO.includes(word) ? false : null;
}

/** What says whether there is more, and not where. */
export function isFlag(value: unknown): boolean {
  return yesOrNo(value) !== null && !/\d/.test(String(value));
}

const YES = ['true', '1', 'yes'];
const NO = ['false', '0', 'no'];
