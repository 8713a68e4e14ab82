import { arm } from '../mint/arm.ts';
import type { Attempt } from '../mint/attempt.ts';
import { compareGiven, requireAsAsked } from '../mint/compare-given.ts';
import { deliver } from '../mint/deliver.ts';
import type { MintDeps } from '../mint/deps.ts';
import { forgetOld } from '../mint/forget.ts';
import { identify, sweepTwins } from '../mint/identify.ts';
import { keepInStore } from '../mint/keep.ts';
import { mint } from '../mint/mint.ts';
import { noteCreated } from '../mint/note-created.ts';
import type { MintResult } from '../mint/result.ts';
import { aborted, finish, waiting } from '../mint/run.ts';
import { startAttempt } from '../mint/start.ts';
import { switchOver } from '../mint/switch-over.ts';
import { undoMint } from '../mint/undo-mint.ts';
import { verify } from '../mint/verify.ts';
import { markOld } from './mark-old.ts';
import type { RotationPlan } from './plan.ts';
import { retire, soak } from './retire.ts';

/** Carries out a plan. A result that is `pending` is finished by `resumeAttempt`, however often it is stopped. */
export async function rotate(deps: MintDeps, plan: RotationPlan): Promise<MintResult> {
  return startAttempt(deps, plan, rotateSteps);
}

/** Each line is a step of the journal: done once, or safe to do again. The old one outlives all but the last four. */
export async function rotateSteps(attempt: Attempt): Promise<MintResult> {
  const baseline = await arm(attempt);
  const minted = await mint(attempt, baseline);
  if (minted.kind === 'aborted') return aborted(attempt, minted.error);
  const made = await identify(attempt, minted, baseline);
  await noteCreated(attempt, made);
  await keepInStore(attempt, made);
  if ((await verify(attempt, made, baseline)) === 'rejected') return undoMint(attempt, made);
  await compareGiven(attempt, made);
  requireAsAsked(attempt, made);
  await switchOver(attempt, made);
  await deliver(attempt, made);
  const grace = await soak(attempt, made);
  if (grace) return waiting(attempt, made, grace);
  await retire(attempt, made);
  await markOld(attempt);
  const swept = await sweepTwins(attempt, made, baseline);
  await forgetOld(attempt);
  return finish(attempt, swept);
}
