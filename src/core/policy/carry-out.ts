import { withoutMark } from '../../domain/marked-name.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import { connectedAccount } from '../connected-account.ts';
import { createToken } from '../create/token.ts';
import type { Delivery } from '../delivery.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { readPlanOrNull } from '../operation/plan.ts';
import type { OperationResult } from '../operation/result.ts';
import { resumeOperation } from '../operation/resume.ts';
import { startOperation } from '../operation/start.ts';
import { randomHex } from '../random-hex.ts';
import { planRotation } from '../rotation/plan.ts';
import type { Decision } from './decision.ts';
import type { Listings } from './facts.ts';
import { specify } from './specify.ts';
import type { PolicyTarget } from './target.ts';

type Create = Extract<Decision, { action: 'create' }>;
type Rotate = Extract<Decision, { action: 'rotate' }>;
type Resume = Extract<Decision, { action: 'resume' }>;

export async function carryOutCreate(
  target: PolicyTarget,
  { sameNamed, replaces }: Create,
): Promise<OperationResult> {
  const deps = await target.connect();
  const { spec, alias } = specify(target.token, target.provider, deps.clock.now());
  if (alias !== null) await freeAlias(deps, alias);
  const wanted = { spec: withFreeName(deps, spec, sameNamed), delivery: deliveryOf(target), alias, replaces };
  return createToken(deps, wanted);
}

export async function carryOutRotate(
  target: PolicyTarget,
  { live, replacesOwn = false }: Rotate,
  { allowSelf, listings }: { readonly allowSelf: boolean; readonly listings: Listings },
): Promise<OperationResult> {
  const connected = await target.connect();
  const deps = { ...connected, listed: await listings.tokens(connected) };
  const { token, provider } = target;
  const isInPlace = provider.facts.rotation === 'in-place';
  const { spec } = specify(token, provider, deps.clock.now());
  const overrides = {
    ...(spec.scopes.length > 0 && { scopes: spec.scopes }),
    ...(Object.keys(token.options).length > 0 && { options: token.options }),
    ...(spec.expiresAt !== null && { expiresAt: spec.expiresAt }),
  };
  const plan = await planRotation(deps, {
    target: { kind: 'token', token: live, isOwn: replacesOwn },
    delivery: deliveryOf(target),
    options: { allowSelf, graceMs: token.graceMs, ...(isInPlace ? {} : { overrides }) },
  });
  return startOperation(deps, plan);
}

/** The policy says where the secret goes, also where it said something else when the operation began. */
export async function carryOutResume(target: PolicyTarget, { operation }: Resume): Promise<OperationResult> {
  const deps = await target.connect();
  const resume = { host: deps.host, makeDeps: async () => deps };
  const plan = readPlanOrNull(operation.header.plan);
  const name = plan?.alias ?? plan?.spec?.name ?? null;
  return resumeOperation(resume, operation.header.id, {
    delivery: deliveryOf(target),
    // The policy owns its own names, and not that of an operation which somebody began under another one.
    ownsName: name !== null && withoutMark(name) === target.token.name,
  });
}

function deliveryOf({ token, destinations }: PolicyTarget): Delivery {
  return { saveAs: token.save, destinations, print: null };
}

/** Where names are never freed, the next one is marked as a rotation would mark it. */
function withFreeName(deps: OperationDeps, spec: TokenSpec, sameNamed: readonly ListedToken[]): TokenSpec {
  const { facts, tokens } = deps.client.connection.provider;
  if (facts.names !== 'unique' || !sameNamed.some(({ name }) => name === spec.name)) return spec;
  return tokens.marking?.mark(spec, randomHex(deps.random, 4), deps.clock.now()) ?? spec;
}

/** A local name that stands for a dead token is given to the next one. */
async function freeAlias({ client, profiles }: OperationDeps, name: string): Promise<void> {
  const alias = (await profiles.aliases(connectedAccount(client.connection))).find(
    (each) => each.name === name,
  );
  if (alias) await profiles.removeAlias(alias);
}
