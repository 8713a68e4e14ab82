import { commandLine } from '../domain/command-line.ts';
import type { Credential } from '../domain/credential.ts';
import { AppError } from '../domain/errors.ts';
import { didYouMean } from '../domain/missing.ts';
import type { Reference } from '../domain/reference.ts';
import { matchAccount } from '../domain/saved-token.ts';
import { safeText } from '../domain/text.ts';
import { loginCommand } from './create-command.ts';
import { describeInactive, placeOfSaved, profilesOf } from './saved-credentials.ts';
import type { ReferenceDeps } from './tokens.ts';
import { whereOf } from './where.ts';

interface Missing {
  readonly reference: Reference;
  /** What is there, for the closest names. */
  readonly things: readonly { readonly name: string | null }[];
  readonly noun: 'token' | 'key';
  /** Of a key. */
  readonly project: string | null;
}

/** Why a reference names nothing here: the name is saved for another profile, its token is gone, or it is mistyped. */
export async function explainMissing(deps: ReferenceDeps, missing: Missing): Promise<AppError> {
  const { reference, things, noun, project } = missing;
  const { profile } = deps.client.connection;
  const store = reference.by === 'either' ? await deps.store() : null;
  const saved = (await store?.find(reference.value)) ?? null;
  const elsewhere = saved && (await explainSaved(deps, saved, missing));
  if (elsewhere) return elsewhere;
  const names = things.flatMap(({ name }) => name ?? []);
  const all = commandLine([`${noun}s`, 'list', ...(project === null ? [] : ['--project', project])], profile);
  return notFound(`no ${noun} "${safeText(reference.value, 80)}"`, {
    hint: didYouMean(reference.value, names, `see \`${all}\``),
    profile: profile ?? undefined,
  });
}

/** Null where the saved credential is of the same kind, and of nobody. */
async function explainSaved(
  deps: ReferenceDeps,
  saved: Credential,
  { noun, project }: Missing,
): Promise<AppError | null> {
  const { profile } = deps.client.connection;
  const shown = `"${safeText(saved.name, 128)}"`;
  const id = saved.current.id;
  if (saved.provider === null || id === null) return null;
  const of = profilesOf(saved, await deps.profiles.list());
  if (matchAccount(saved, deps.client.connection) === 'other') {
    const provider = await deps.loadProvider(saved.provider);
    const { title } = provider;
    const [other] = of;
    if (other === undefined) {
      // The usual name is taken by a profile that leads elsewhere.
      const name = (await deps.profiles.find(provider.id)) ? saved.name : null;
      return notFound(
        `${shown} is saved for ${title} at ${saved.origin} (id ${safeText(id, 80)}), and no profile leads there`,
        {
          hint: `log in there: \`${loginCommand(placeOfSaved(saved, provider, name))}\``,
          id,
        },
      );
    }
    return notFound(`${shown} is saved for profile ${of.join(' or ')} (${title}, id ${safeText(id, 80)})`, {
      hint: `add \`-p ${other}\``,
      id,
      profile: other,
    });
  }
  const kind = saved.kind === 'key' ? 'key' : 'token';
  if (kind !== noun)
    return notFound(`${shown} is saved as a ${kind}, id ${safeText(id, 80)}, not as a ${noun}`, {
      hint: `see \`${commandLine([`${kind}s`, '--help'])}\``,
      id,
    });
  if (kind === 'key' && saved.project !== null && saved.project !== project)
    return notFound(`${shown} is saved as a key of project "${safeText(saved.project, 80)}"`, {
      hint: `add \`--project ${safeText(saved.project, 80)}\``,
      id,
    });
  const others = of.filter((name) => name !== profile);
  const ended = describeInactive(saved, deps.clock.now());
  return notFound(
    `the token of ${shown}, id ${safeText(id, 80)}, is not listed at ${whereOf(deps.client.connection)}${ended === null ? '' : `; ${ended}`}`,
    {
      hint:
        others.length === 0 || ended !== null
          ? `see \`${commandLine([`${noun}s`, 'list'], profile)}\``
          : `it may be of another profile: add \`-p ${others[0]}\``,
      id,
    },
  );
}

function notFound(
  message: string,
  facts: { hint: string; id?: string; provider?: string; profile?: string | undefined },
): AppError {
  return new AppError({ code: 'not-found', message, ...facts });
}
