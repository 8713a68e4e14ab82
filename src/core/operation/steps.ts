import { logCreated } from './audit.ts';
import type { Operation } from './operation.ts';
import { undoIssue } from './recovery/undo-issue.ts';
import type { OperationResult } from './result.ts';
import { aborted, finish, waiting } from './run.ts';
import { compareGiven, requireAsAsked } from './steps/compare.ts';
import { deliver } from './steps/deliver.ts';
import { waitForGrace } from './steps/grace.ts';
import { identify, sweepDuplicates } from './steps/identify.ts';
import { issue } from './steps/issue.ts';
import { preflight } from './steps/preflight.ts';
import { markOld, retire } from './steps/retire.ts';
import { dropOld, saveInStore } from './steps/store.ts';
import { switchOver } from './steps/switch.ts';
import { verify } from './steps/verify.ts';

/**
 * The steps of every operation: a creation, a rotation, a key, a login. Each line is a step of the journal: done once, or safe
 * to do again. A line does nothing where the plan has no use for it. A replaced token works until `retire`.
 */
export async function runSteps(operation: Operation): Promise<OperationResult> {
  const { plan } = operation;
  const baseline = await preflight(operation);
  const issued = await issue(operation, baseline);
  if (issued.kind === 'aborted') return aborted(operation, issued.error);
  const made = await identify(operation, issued, baseline);
  await logCreated(operation, made);
  if (plan.key?.type === 'browser_public')
    return finish(operation, await sweepDuplicates(operation, made, baseline));
  await saveInStore(operation, made);
  // A creation tests the secret only if the answer was incomplete. A rotation always does.
  const mustVerify = plan.way !== 'create' || !issued.proven;
  if (mustVerify && (await verify(operation, made, baseline)) === 'rejected')
    return undoIssue(operation, made);
  await compareGiven(operation, made);
  requireAsAsked(operation, made);
  await switchOver(operation, made);
  await deliver(operation, made);
  const grace = await waitForGrace(operation, made);
  if (grace) return waiting(operation, made, grace);
  await retire(operation, made);
  await markOld(operation);
  const checked = await sweepDuplicates(operation, made, baseline);
  await dropOld(operation);
  return finish(operation, checked);
}
