import { supportOf } from '../../../core/capabilities.ts';
import { isUnconfirmed } from '../../../core/change-tokens.ts';
import type { LoginDeps, LoginResult, LoginTarget } from '../../../core/login.ts';
import { endPrevious, findPrevious, isReplaced, type PreviousToken } from '../../../core/previous-login.ts';
import { AppError, isAppError } from '../../../domain/errors.ts';
import type { Profile } from '../../../ports/profiles.ts';
import type { Input } from '../../arguments/input.ts';
import type { Services } from '../../services/services.ts';

const FATES = ['now', 'keep'] as const;

/** The previous token of a profile that logs in again, and whether it is ended. */
export interface Replaced {
  readonly previous: PreviousToken;
  readonly fate: (typeof FATES)[number];
}

/** What became of the previous token, and whether that failed. */
export interface Settled {
  readonly notes: readonly string[];
  readonly failed: boolean;
  /** `revoked`; `unknown`: nobody could look; or `kept`: it still works, and its secret is no longer saved here. */
  readonly outcome: { readonly id: string | null; readonly state: 'revoked' | 'unknown' | 'kept' } | null;
}

const NOTHING: Settled = { notes: [], failed: false, outcome: null };

/** Decides before anything is created: by `--old`, else by a question on a terminal, else the previous token stays. */
export async function chooseFate(
  app: Pick<Services, 'globals' | 'prompter'>,
  input: Input,
  deps: LoginDeps,
  { target, before }: { readonly target: LoginTarget; readonly before: Profile | null },
): Promise<Replaced | null> {
  const wanted = input.choice('old', FATES);
  const previous = await findPrevious(deps, target, before);
  if (!previous) return null;
  const canEnd = supportOf(deps.provider, 'tokens revoke') !== 'no';
  if (wanted === 'now' && (previous.id === null || !canEnd)) {
    throw new AppError({
      code: 'conflict',
      message: `the id of the token that "${target.profile}" has now is not known, so it cannot be ended from here`,
      hint: canEnd
        ? `log in with "--old keep"; find the token with \`keyturn tokens list --profile ${target.profile}\`, and end it with \`keyturn tokens revoke id:ID --profile ${target.profile}\``
        : `log in with "--old keep", and end the token where you made it (${deps.provider.title})`,
    });
  }
  if (wanted !== undefined) return { previous, fate: wanted };
  if (!app.prompter.interactive || app.globals.yes || previous.id === null || !canEnd)
    return { previous, fate: 'keep' };
  const answer = await app.prompter.ask(
    `"${target.profile}" has the token "${previous.id}", which works. End it once the new token is saved? [y/N] `,
    'add "--old now" or "--old keep"',
  );
  return { previous, fate: /^(y|yes)$/i.test(answer) ? 'now' : 'keep' };
}

/** After the login: ends the previous token, or says that it still works. */
export async function settle(
  app: Pick<Services, 'audit' | 'clientFor' | 'resolveProfile'>,
  deps: LoginDeps,
  replaced: Replaced | null,
  { profile }: LoginResult,
): Promise<Settled> {
  if (!replaced || !(await isReplaced(await deps.store(), replaced.previous, profile))) return NOTHING;
  const { previous, fate } = replaced;
  if (fate === 'keep') return kept(deps, previous, profile);
  try {
    const client = await app.clientFor(await app.resolveProfile(profile.name));
    const audit = await app.audit();
    const changeDeps = { client, profiles: deps.profiles, clock: deps.clock, audit };
    const result = await endPrevious(changeDeps, previous, profile);
    const isUnknown = isUnconfirmed(result);
    const note = isUnknown
      ? `the token "${previous.id}" that "${profile.name}" had before may still work: ${result.note}`
      : `the token "${previous.id}" that "${profile.name}" had before is revoked at ${deps.provider.title}`;
    const state = isUnknown ? 'unknown' : 'revoked';
    const unrecorded = result.error === null ? [] : [result.error.facts.message];
    return {
      notes: [note, ...unrecorded],
      failed: result.error !== null,
      outcome: { id: previous.id, state },
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const still = kept(deps, previous, profile);
    return {
      ...still,
      notes: [`the previous token could not be revoked: ${error.facts.message}`, ...still.notes],
      failed: true,
    };
  }
}

function kept({ provider }: LoginDeps, { id }: PreviousToken, { name, credential }: Profile): Settled {
  const secret = `its secret is ${credential.kind === 'store' ? 'no longer' : 'still'} saved here`;
  const note =
    id === null
      ? `the token that "${name}" had before may still work, and ${secret}; its id is not known: look for it at ${provider.credential.page}`
      : `the token "${id}" that "${name}" had before still works, and ${secret}: \`keyturn tokens revoke id:${id} --profile ${name}\` ends it`;
  return { notes: [note], failed: false, outcome: { id, state: 'kept' } };
}
