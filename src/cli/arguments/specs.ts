/** An option as people see it: `--name <value>`, `-x, --name`, `--scope <scope...>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly about: string;
  readonly values?: Values;
  /** Accepted, but not shown in `--help` or completed: an old spelling, which the next release removes. */
  readonly hidden?: true;
}

/** A positional argument: `<ref>`, `[name]`, `<ref...>`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly values?: Values;
}

/** The values that a shell completes: fixed words, or names that are looked up on this machine. */
export type Values = readonly string[] | LocalNames | 'providers';

export type LocalNames = 'profiles' | 'credentials' | 'operations';
