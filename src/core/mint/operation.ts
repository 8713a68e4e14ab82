import { AppError } from '../../domain/errors.ts';
import type { HttpRequest, Minted, Settings } from '../../ports/provider.ts';
import type { Capture, Outcome } from '../../ports/transport.ts';
import { insteadOf } from '../capabilities.ts';
import type { Client } from '../client.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import type { Item } from './item.ts';

/** The one request of a plan that must not be repeated, whichever operation of the provider it is. */
export interface MintOperation {
  request(settings: Settings): HttpRequest;
  send(capture: Capture): Promise<Outcome>;
  decode(body: unknown): Minted<Item>;
}

/** Throws `unsupported` where the provider has no such operation. */
export function mintOperation(client: Client, plan: AttemptPlan): MintOperation {
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
    message: `${provider.title} has no operation for "${name}"`,
    hint: insteadOf(client.connection, name),
    provider: provider.id,
  });
}

function bind<I>(
  client: Client,
  operation: Parameters<typeof client.sendOnce<I, Minted<Item>>>[0],
  input: I,
): MintOperation {
  return {
    request: (settings) => operation.request(input, settings),
    send: (capture) => client.sendOnce(operation, input, capture),
    decode: (body) => operation.decode(body, input, client.connection.secret),
  };
}
