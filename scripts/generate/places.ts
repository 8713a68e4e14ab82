import type { Command, Node } from '../../src/cli/arguments/command.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/arguments/globals.ts';
import type { ArgumentSpec, LocalNames, OptionSpec, Values } from '../../src/cli/arguments/specs.ts';
import { TREE } from '../../src/cli/program.ts';

export interface Word {
  readonly word: string;
  readonly about: string;
}

/** Words that stand in the script, or a list on this machine that the script asks keyturn for. */
export type Offer = readonly string[] | LocalNames;

/** An option that takes a value; null where nobody knows what it may be. */
export interface ValuedOption {
  /** `--store`, `-o` */
  readonly names: readonly string[];
  readonly offer: Offer | null;
}

/** What may follow the words of a path. */
export interface Place {
  readonly path: string;
  /** Subcommands, then options. */
  readonly words: readonly Word[];
  readonly valued: readonly ValuedOption[];
  /** For the command's arguments; `many` where it takes more than one. */
  readonly argument: { readonly offer: Offer; readonly many: boolean } | null;
}

/** Of every place: the options that are known everywhere. */
export const GLOBAL_VALUED = (): readonly ValuedOption[] => valuedOf(GLOBAL_OPTIONS);

const GLOBAL_WORDS = (): readonly Word[] => [
  ...longNames(GLOBAL_OPTIONS),
  { word: '--help', about: 'show help' },
];

/** What a script runs for the names on this machine: reads files of keyturn's own, unlocks nothing, asks no provider. */
export const LIST_COMMANDS: Readonly<Record<LocalNames, string>> = {
  profiles: 'profiles list',
  credentials: 'credentials list',
  operations: 'rotations list',
};

export async function collectPlaces(nodes: readonly Node[] = TREE, path = ''): Promise<readonly Place[]> {
  const subcommands = nodes.map(({ name, about }) => ({ word: name, about }));
  const places: Place[] = [{ path, words: [...subcommands, ...GLOBAL_WORDS()], valued: [], argument: null }];
  for (const node of nodes) {
    const next = path === '' ? node.name : `${path} ${node.name}`;
    if ('children' in node) places.push(...(await collectPlaces(node.children, next)));
    else places.push(placeOf(next, await node.load()));
  }
  return places;
}

function placeOf(path: string, { options = [], arguments: args = [] }: Command): Place {
  return {
    path,
    words: [...longNames(options.filter(({ hidden }) => !hidden)), ...GLOBAL_WORDS()],
    valued: valuedOf(options),
    argument: argumentOf(args),
  };
}

/** The first argument that has values; the others are left to the person. */
function argumentOf([first]: readonly ArgumentSpec[]): Place['argument'] {
  if (!first?.values) return null;
  return { offer: offerOf(first.values), many: first.name.includes('...') };
}

function valuedOf(options: readonly OptionSpec[]): readonly ValuedOption[] {
  return options
    .filter(({ hidden }) => !hidden)
    .filter(({ flags }) => flags.includes('<'))
    .map(({ flags, values }) => ({
      names: flags.match(/(?<![\w-])--?[a-z-]+/g) ?? [],
      offer: values === undefined ? null : offerOf(values),
    }));
}

function offerOf(values: Values): Offer {
  if (values !== 'providers') return values;
  const login = TREE.find(({ name }) => name === 'login');
  return login && 'children' in login ? login.children.map(({ name }) => name) : [];
}

function longNames(options: readonly OptionSpec[]): readonly Word[] {
  return options.flatMap((option) => {
    const word = /--[a-z-]+/.exec(option.flags)?.[0];
    return word === undefined ? [] : [{ word, about: option.about }];
  });
}
