import { AppError } from '../domain/errors.ts';
import type { Profiles } from '../ports/profiles.ts';

/** A local name stands for one token of a provider at one origin. */
export async function refuseTakenAlias(
  profiles: Profiles,
  place: { readonly provider: string; readonly origin: string },
  alias: string,
): Promise<void> {
  const aliases = await profiles.aliases(place.provider, place.origin);
  const taken = aliases.find((each) => each.name === alias);
  if (!taken) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${alias}" is taken by id ${taken.id}`,
    hint: 'choose another name, or `keyturn tokens rename` that one',
  });
}
