import { AppError } from '../../domain/errors.ts';
import type { HttpRequest, Issued, Settings } from '../../ports/provider.ts';
import type { Capture, Outcome } from '../../ports/transport.ts';
import { insteadOf } from '../capabilities.ts';
import type { Client } from '../client.ts';
import type { WholeOrNot } from '../listing.ts';
import type { OperationPlan } from './plan.ts';
import type { Item } from './records.ts';

/** The one request of a plan that must not be repeated, whichever apiCall of the provider it is. */
export interface IssueCall {
  request(settings: Settings): HttpRequest;
  send(capture: Capture): Promise<Outcome>;
  decode(body: unknown): Issued<Item>;
}

/** Throws `unsupported` where the provider has no such apiCall. */
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
    message: `${provider.title} has no apiCall for "${name}"`,
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

/**
 * Everything of the kind that the plan makes, as the provider lists it now; null where it cannot list. What a list that is
 * not whole does not show may be there all the same.
 */
export async function listItems(client: Client, plan: OperationPlan): Promise<WholeOrNot<Item> | null> {
  const { tokens, keys } = client.connection.provider;
  if (plan.thing === 'token') return tokens.list ? client.all(tokens.list, undefined) : null;
  return keys && plan.project !== null ? client.all(keys.list, { project: plan.project }) : null;
}
