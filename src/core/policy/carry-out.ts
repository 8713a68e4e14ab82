import type { ListedToken } from '../../domain/token.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import { connectedAccount } from '../connected-account.ts';
import type { Delivery } from '../delivery.ts';
import { createToken } from '../mint/create-token.ts';
import type { MintDeps } from '../mint/deps.ts';
import type { MintResult } from '../mint/result.ts';
import { planRotation } from '../rotation/plan.ts';
import { resumeAttempt } from '../rotation/resume.ts';
import { rotate } from '../rotation/rotate.ts';
import type { Decision } from './decision.ts';
import { specify } from './specify.ts';
import type { PolicyTarget } from './target.ts';

type Create = Extract<Decision, { action: 'create' }>;
type Rotate = Extract<Decision, { action: 'rotate' }>;
type Resume = Extract<Decision, { action: 'resume' }>;

export async function carryOutCreate(
  target: PolicyTarget,
  { namesakes, replaces }: Create,
): Promise<MintResult> {
  const deps = await target.connect();
  const { spec, alias } = specify(target.token, target.provider, deps.clock.now());
  if (alias !== null) await freeAlias(deps, alias);
  const wanted = { spec: withFreeName(deps, spec, namesakes), delivery: deliveryOf(target), alias, replaces };
  return createToken(deps, wanted);
}

export async function carryOutRotate(
  target: PolicyTarget,
  { live, replacesOwn = false }: Rotate,
  allowSelf: boolean,
): Promise<MintResult> {
  const deps = await target.connect();
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
  return rotate(deps, plan);
}

/** The policy says where the secret goes, also where it said something else when the attempt began. */
export async function carryOutResume(target: PolicyTarget, { attempt }: Resume): Promise<MintResult> {
  const deps = await target.connect();
  const resume = { host: deps.host, makeDeps: async () => deps };
  return resumeAttempt(resume, attempt.header.id, { delivery: deliveryOf(target) });
}

function deliveryOf({ token, sinks }: PolicyTarget): Delivery {
  return { saveAs: token.save, sinks, print: null };
}

/** Where names are never freed, the next one is marked as a rotation would mark it. */
function withFreeName(deps: MintDeps, spec: TokenSpec, namesakes: readonly ListedToken[]): TokenSpec {
  const { facts, tokens } = deps.client.connection.provider;
  if (facts.names !== 'unique' || !namesakes.some(({ name }) => name === spec.name)) return spec;
  const nonce = Array.from(deps.random.bytes(4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return tokens.lineage?.mark(spec, nonce, deps.clock.now()) ?? spec;
}

/** A local name that stands for a dead token is given to the next one. */
async function freeAlias({ client, profiles }: MintDeps, name: string): Promise<void> {
  const alias = (await profiles.aliases(connectedAccount(client.connection))).find(
    (each) => each.name === name,
  );
  if (alias) await profiles.removeAlias(alias);
}
