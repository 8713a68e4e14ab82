import { Command as Commander, CommanderError, Option } from 'commander';
import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { findPath, TREE } from '../program.ts';
import type { Command, Node } from './command.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import { Input } from './input.ts';
import type { OptionSpec } from './specs.ts';

export type Parsed =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly input: Input;
      readonly path: readonly string[];
    }
  | { readonly kind: 'help'; readonly text: string; readonly asked: boolean };

/** The global options that take the next word: `-p`, `--profile`, `--timeout` … */
const VALUE_OPTIONS: ReadonlySet<string> = new Set(
  GLOBAL_OPTIONS.filter(({ flags }) => flags.includes('<')).flatMap(
    ({ flags }) => flags.match(/(?<![\w-])--?[a-z-]+/g) ?? [],
  ),
);

/**
 * What the person asked for. Only the verb that is named is loaded; the rest of the tree is names and one-liners, so
 * that help and mistakes cost nothing. What was typed is never repeated where it might be a secret.
 */
export async function parse(argv: readonly string[], columns: number): Promise<Parsed> {
  const words = commandWords(argv);
  const path = findPath(words);
  const leaf = path.at(-1);
  const command = leaf && 'load' in leaf ? await leaf.load() : null;
  let help = '';
  let helpAsMistake = '';
  let chosen: Input | null = null;
  const show = (text: string) => {
    help += text;
  };
  // commander writes its errors here too; keyturn words errors itself and uses this text for help alone.
  const showAsMistake = (text: string) => {
    helpAsMistake += text;
  };
  const build = (nodes: readonly Node[], parent: Commander, depth: number) => {
    for (const node of nodes) {
      const child = parent.command(node.name).description(node.about);
      prepare(child, columns, show, showAsMistake);
      if ('children' in node) {
        if (path[depth] === node) build(node.children, child, depth + 1);
        child.usage('<command> [options]');
      } else if (node === leaf && command) {
        configure(child, { command, columns }, (input) => {
          chosen = input;
        });
      }
    }
  };
  const root = new Commander('keyturn').description(
    'One command for the whole life of every API credential.',
  );
  prepare(root, columns, show, showAsMistake);
  for (const option of GLOBAL_OPTIONS) root.addOption(new Option(option.flags, option.about));
  root.option('-V, --version', 'print the version');
  root.helpCommand(false);
  build(TREE, root, 0);
  try {
    await root.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: help, asked: true };
    if (error.code === 'commander.help') return { kind: 'help', text: helpAsMistake, asked: false };
    throw usageError(error, argv, path);
  }
  if (!chosen || !command) return { kind: 'help', text: root.helpInformation(), asked: false };
  return { kind: 'run', command, input: chosen, path: path.map((node) => node.name) };
}

/** Output goes through us; `parent.command()` children inherit it. */
function prepare(
  command: Commander,
  columns: number,
  write: (text: string) => void,
  writeMistake: (text: string) => void,
): void {
  command.exitOverride().configureOutput({
    writeOut: write,
    writeErr: writeMistake,
    getOutHelpWidth: () => columns,
    getErrHelpWidth: () => columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  command.configureHelp({ showGlobalOptions: true }).helpOption('-h, --help', 'show help');
  command.helpCommand(false);
}

function configure(
  child: Commander,
  { command, columns }: { readonly command: Command; readonly columns: number },
  choose: (input: Input) => void,
): void {
  for (const argument of command.arguments ?? []) child.argument(argument.name, argument.about);
  for (const option of command.options ?? []) child.addOption(makeOption(option));
  if (command.details)
    child.addHelpText('after', `\n${child.createHelp().boxWrap(command.details, columns)}`);
  if (command.examples) child.addHelpText('after', examplesText(command.examples, columns));
  child.action(() => choose(readInput(child)));
}

/** Repeatable options collect instead of replacing, so that `--scope a --scope b` is two scopes. */
function makeOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags.replace('...', ''), spec.about);
  option.hideHelp(spec.hidden === true);
  if (!spec.flags.includes('...')) return option;
  return option.argParser((value: string, before: unknown) => [
    ...(Array.isArray(before) ? before : []),
    value,
  ]);
}

function readInput(child: Commander): Input {
  const options = new Map<string, unknown>();
  for (let command: Commander | null = child; command; command = command.parent) {
    for (const option of command.options) {
      const value: unknown = command.getOptionValue(option.attributeName());
      // commander keeps `--no-color` as `color: false`; here a flag that was given is true under its own name.
      if (option.negate) options.set(option.long?.slice(2) ?? '', value === false);
      else if (value !== undefined) options.set(option.long?.slice(2) ?? '', value);
    }
  }
  return new Input(child.args, options);
}

/** The words before `--` that are no options, nor values of global options. */
function commandWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (VALUE_OPTIONS.has(word)) index += 1;
    else if (!word.startsWith('-')) words.push(word);
  }
  return words;
}

function usageError(error: CommanderError, argv: readonly string[], path: readonly Node[]): AppError {
  const where = ['keyturn', ...path.map((node) => node.name)].join(' ');
  const hint = `see \`${where} --help\``;
  switch (error.code) {
    case 'commander.unknownOption': {
      // Only what can be an option's name is repeated: a secret in its place has digits, capitals or longer words.
      const name = /'(--?[a-z]{1,12}(?:-[a-z]{1,12}){0,3})(?=['=])/.exec(error.message)?.[1];
      const suggestion = suggestionOf(error);
      const secret = name !== undefined && /^--(token|secret|password|api-key|cookie|session)$/.test(name);
      if (secret)
        return usage(
          `no option takes a secret`,
          'pipe it in with `--with-token`, or name a file with `--token-file`',
        );
      return usage(
        name ? `there is no option "${name}"` : 'there is no such option',
        suggestion ? `did you mean ${suggestion}?` : hint,
      );
    }
    case 'commander.unknownCommand': {
      // A word is repeated only where it can be a command's name, or a slip of one: anything else may be a secret.
      const suggestion = suggestionOf(error);
      const word = commandWords(argv)[path.length] ?? '';
      const isPlain = /^[a-z]{1,15}(-[a-z]{1,15})?$/.test(word);
      if (suggestion === undefined && !isPlain) return usage('there is no such command', hint);
      return usage(
        `there is no command "${safeText(word, 40)}"`,
        suggestion === undefined ? hint : `did you mean ${suggestion}?`,
      );
    }
    case 'commander.excessArguments':
      return usage('there are more arguments than this command takes', hint);
    case 'commander.missingArgument':
      return usage(
        `the argument ${/'([\w-]+)'/.exec(error.message)?.[1] ?? ''} is missing`.replace('  ', ' '),
        hint,
      );
    case 'commander.optionMissingArgument': {
      const name = /'[^']*?(--[\w-]+)/.exec(error.message)?.[1];
      return usage(`${name ? `"${name}"` : 'an option'} needs a value`, hint);
    }
    default:
      return usage('the command is used wrongly', hint);
  }
}

function suggestionOf(error: CommanderError): string | undefined {
  return /\(Did you mean (.{1,40})\?\)/.exec(error.message)?.[1];
}

const PROMPT = '  $ ';
const CONTINUED = '      ';

/** Examples for `--help`: a long one goes on in the next line, as a shell takes it. Quoted words stay whole. */
export function examplesText(examples: readonly string[], columns: number): string {
  return `\nExamples:\n${examples.map((line) => exampleText(line, columns)).join('\n')}`;
}

function exampleText(line: string, columns: number): string {
  const lines: string[] = [];
  let current = PROMPT.trimEnd();
  if (PROMPT.length + line.length <= columns) return `${PROMPT}${line}`;
  for (const word of line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []) {
    // Two characters are for the backslash that ends the line.
    if (current.length + 1 + word.length + 2 <= columns) current += ` ${word}`;
    else {
      lines.push(`${current} \\`);
      current = `${CONTINUED}${word}`;
    }
  }
  return [...lines, current].join('\n');
}
