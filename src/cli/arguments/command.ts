import type { Report } from '../../output/report.ts';
import type { Services } from '../services/services.ts';
import type { Input } from './input.ts';
import type { ArgumentSpec, OptionSpec } from './specs.ts';

/** One verb: parse, call core, return a report. */
export interface Command {
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Examples for `--help`, one a line. */
  readonly examples?: readonly string[];
  /** Text under the options of `--help`. */
  readonly details?: string;
  /** The command opens and reads no secret, so it also runs where options of Node would expose secrets to others. */
  readonly needsNoSecret?: true;
  run(app: Services, input: Input): Promise<Report>;
}

/** A place in the command tree; a verb is loaded when it is called. */
export type Node =
  | { readonly name: string; readonly about: string; readonly load: () => Promise<Command> }
  | { readonly name: string; readonly about: string; readonly children: readonly Node[] };
