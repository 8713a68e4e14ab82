import { AppError } from '../../domain/errors.ts';
import type { Issued } from '../../ports/provider.ts';
import type { HttpRequest, Settings } from '../../ports/request.ts';
import type { Capture, Outcome } from '../../ports/transport.ts';
import { insteadOf } from '../capabilities.ts';
import type { Client } from '../client.ts';
import type { WholeOrNot } from '../listing.ts';
import { listRecent, type RecentItems } from '../newest.ts';
import { findListed } from '../one-token.ts';
import type { Prior } from './baseline.ts';
import type { OperationPlan } from './plan.ts';
import type { Item } from './records.ts';

/** The one request of a plan that must not be repeated, whichever call of the provider it is. */
export interface IssueCall {
  request(settings: Settings): HttpRequest;
  send(capture: Capture): Promise<Outcome>;
  decode(body: unknown): Issued<Item>;
}

/** Throws `unsupported` where the provider has no such call. */
export function issueCall(client: Client, plan: OperationPlan): IssueCall {
  const { provider } = client.connection;
  const { target, spec, project, key } = plan;
  const { create, rotate } = provider.tokens;
  if (plan.thing === 'token') {
    if (plan.way === 'in-place' && rotate && target) return bind(client, rotate, target);
    if (plan.way !== 'in-place' && create && spec) return bind(client, create, spec);
  } else if (provider.keys && project !== null) {
    if (plan.way === 'in-place' && target)
      return bind(client, provider.keys.rotate, { project, id: target.id });
    if (plan.way === 'create' && key) return bind(client, provider.keys.create, { project, ...key });
  }
  const name = `${plan.thing}s ${plan.way === 'create' ? 'create' : 'rotate'}` as const;
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} has no request for "${name}"`,
    hint: insteadOf(client.connection, name),
    provider: provider.id,
  });
}

function bind<I>(
  client: Client,
  apiCall: Parameters<typeof client.sendOnce<I, Issued<Item>>>[0],
  input: I,
): IssueCall {
  return {
    request: (settings) => apiCall.request(input, settings),
    send: (capture) => client.sendOnce(apiCall, input, capture),
    decode: (body) => apiCall.decode(body, input, client.connection.secret),
  };
}

/** Everything of the kind that the plan makes, as the provider lists it now; null where it cannot list. */
export async function listItems(client: Client, plan: OperationPlan): Promise<WholeOrNot<Item> | null> {
  const { tokens, keys } = client.connection.provider;
  if (plan.thing === 'token') return tokens.list ? client.all(tokens.list, undefined) : null;
  return keys && plan.project !== null ? client.all(keys.list, { project: plan.project }) : null;
}

/** The token or key of that id in the list; null where the list does not show it, which proves no absence. */
export async function findInList(client: Client, plan: OperationPlan, id: string): Promise<Item | null> {
  if (plan.thing === 'token') return findListed(client, id);
  return (await listItems(client, plan))?.items.find((item) => item.id === id) ?? null;
}

/**
 * Lists newest first until a page contains an item that existed before the request. Returns the items before the first such
 * item, and the known items that were read; anything else is older and left out. If the provider cannot list newest first, or
 * the list is short, returns the whole list.
 */
export async function listNewItems(
  client: Client,
  plan: OperationPlan,
  prior: Prior,
): Promise<RecentItems<Item> | null> {
  const isKnown = ({ id }: Item): boolean => prior.ids.has(id);
  const list = await listRecentItems(client, plan, (items) => items.some(isKnown));
  if (!list?.isCut) return list;
  const first = list.items.findIndex(isKnown);
  return { ...list, items: list.items.filter((item, index) => index < first || isKnown(item)) };
}

/** Everything of the kind that the plan makes, newest first, until `isEnough`; see {@link listRecent}. */
export async function listRecentItems(
  client: Client,
  plan: OperationPlan,
  isEnough: (items: readonly Item[]) => boolean,
): Promise<RecentItems<Item> | null> {
  const { tokens, keys } = client.connection.provider;
  if (plan.thing === 'token')
    return tokens.list ? listRecent(client, { call: tokens.list, input: undefined }, isEnough) : null;
  if (!keys || plan.project === null) return null;
  return listRecent(client, { call: keys.list, input: { project: plan.project } }, isEnough);
}
