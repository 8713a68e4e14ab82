import type { LocalNames } from '../../src/cli/arguments/specs.ts';
import { GLOBAL_VALUED, LIST_COMMANDS, type Offer, type Place } from './places.ts';

export const NOTICE = 'made by `npm run generate` from the command tree; do not edit';

/** Stands for a command's argument where else the name of an option would. */
export const ARGUMENT = 'ARGUMENT';

/** Every offer by where it belongs: `login devo --store`, `profiles use ARGUMENT`; `* --output` everywhere. */
export function offersOf(
  places: readonly Place[],
): readonly { readonly keys: readonly string[]; readonly offer: Offer }[] {
  const local = places.flatMap(({ path, valued, argument }) => [
    ...valued.flatMap(({ names, offer }) =>
      offer === null ? [] : [{ keys: names.map((name) => `${path} ${name}`), offer }],
    ),
    ...(argument === null ? [] : [{ keys: [`${path} ${ARGUMENT}`], offer: argument.offer }]),
  ]);
  const everywhere = GLOBAL_VALUED().flatMap(({ names, offer }) =>
    offer === null ? [] : [{ keys: names.map((name) => `* ${name}`), offer }],
  );
  return [...local, ...everywhere];
}

/** Every option that takes a value, so that the value is not taken for a command. */
export function valuedNames(places: readonly Place[]): readonly string[] {
  const all = [...GLOBAL_VALUED(), ...places.flatMap(({ valued }) => valued)];
  return [...new Set(all.flatMap(({ names }) => names))].sort();
}

/** Places whose command takes its argument more than once. */
export function variadic(places: readonly Place[]): readonly string[] {
  return places.flatMap(({ path, argument }) => (argument?.many ? [path] : []));
}

/** The names are read anew each time; what cannot be read is offered as nothing. */
export function listCommand(names: LocalNames): string {
  return `keyturn ${LIST_COMMANDS[names]} -o name --quiet --no-input`;
}

export function isLocal(offer: Offer): offer is LocalNames {
  return typeof offer === 'string';
}
