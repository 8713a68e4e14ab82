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
