import { arm } from './arm.ts';
import type { Attempt } from './attempt.ts';
import { compareGiven } from './compare-given.ts';
import { deliver } from './deliver.ts';
import { forgetOld } from './forget.ts';
import { identify, sweepTwins } from './identify.ts';
import { keepInStore } from './keep.ts';
import { mint } from './mint.ts';
import { noteCreated } from './note-created.ts';
import type { MintResult } from './result.ts';
import { aborted, finish } from './run.ts';
import { switchOver } from './switch-over.ts';
import { undoMint } from './undo-mint.ts';
import { verify } from './verify.ts';

/** Makes something new and takes its secret where it belongs. Each line is a step of the journal. */
export async function createSteps(attempt: Attempt): Promise<MintResult> {
  const baseline = await arm(attempt);
  const minted = await mint(attempt, baseline);
  if (minted.kind === 'aborted') return aborted(attempt, minted.error);
  const made = await identify(attempt, minted, baseline);
  await noteCreated(attempt, made);
  if (attempt.plan.key?.type === 'browser_public')
    return finish(attempt, await sweepTwins(attempt, made, baseline));
  await keepInStore(attempt, made);
  // A whole answer of the provider is believed; a part of one is tried first.
  if (!minted.proven && (await verify(attempt, made, baseline)) === 'rejected')
    return undoMint(attempt, made);
  await switchOver(attempt, made);
  await compareGiven(attempt, made);
  await deliver(attempt, made);
  const swept = await sweepTwins(attempt, made, baseline);
  await forgetOld(attempt);
  return finish(attempt, swept);
}
