import type { Report } from '../output/report.ts';
import type { App } from './app.ts';
import type { Input } from './input.ts';

/** An option as people see it: `--name <value>`, `-x, --name`, `--scope <scope...>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly about: string;
  readonly values?: Values;
  /** Accepted, and neither in `--help` nor completed: a spelling that goes with the next release. */
  readonly hidden?: true;
}

/** A positional argument: `<ref>`, `[name]`, `<ref...>`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly values?: Values;
}

/** What a shell offers for it: words that are always the same, or names that are looked up on this machine. */
export type Values = readonly string[] | LocalNames | 'providers';

export type LocalNames = 'profiles' | 'credentials' | 'operations';

/** One verb: parse, call core, return a report. */
export interface Command {
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Examples for `--help`, one a line. */
  readonly examples?: readonly string[];
  /** Text under the options of `--help`. */
  readonly details?: string;
  /** Opens no secret and takes none: it runs also where variables or options of Node would hand secrets to others. */
  readonly needsNoSecret?: true;
  run(app: App, input: Input): Promise<Report>;
}

/** A place in the command tree; a verb is loaded when it is called. */
export type Node =
  | { readonly name: string; readonly about: string; readonly load: () => Promise<Command> }
  | { readonly name: string; readonly about: string; readonly children: readonly Node[] };
