import { AppError } from '../domain/errors.ts';
import type { AliasPlace, Profiles } from '../ports/profiles.ts';

/** A local name stands for one token of one account. */
export async function refuseTakenAlias(profiles: Profiles, place: AliasPlace, alias: string): Promise<void> {
  const aliases = await profiles.aliases(place);
  const taken = aliases.find((each) => each.name === alias);
  if (!taken) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${alias}" is taken by id ${taken.id}`,
    hint: 'choose another name, or `keyturn tokens rename` that one',
  });
}
