import { findAuthProblems } from './lint/auth.ts';
import { findIdentityProblems } from './lint/identity.ts';
import { findMeaningProblems } from './lint/meanings.ts';
import { findNameProblems } from './lint/names.ts';
import { findPending } from './lint/pending.ts';
import type { LintContext, Problem } from './lint/problem.ts';
import { findRequestProblems } from './lint/requests.ts';
import { findRotationProblems } from './lint/rotation.ts';
import { findShownSecrets } from './lint/shown.ts';
import { findTextProblems } from './lint/texts.ts';
import type { Definition } from './provider-table.ts';

/**
 * Everything that a definition must not hold although it has the right shape: what a stranger's file could do with a
 * credential comes first, then what a rotation would need, then what this keyturn cannot do yet.
 */
export function lint(definition: Definition, context: LintContext): readonly Problem[] {
  return [
    ...findIdentityProblems(definition, context),
    ...findTextProblems(definition),
    ...findNameProblems(definition),
    ...findAuthProblems(definition),
    ...findRequestProblems(definition),
    ...findShownSecrets(definition),
    ...findMeaningProblems(definition),
    ...findPending(definition),
    ...findRotationProblems(definition),
  ];
}
