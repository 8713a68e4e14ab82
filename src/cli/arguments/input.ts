import { type AppError, usage } from '../../domain/errors.ts';

/** `usage`: `"--name" and "--project" are missing` */
export function missingOptions(
  names: readonly string[],
  example: (name: string) => string = () => 'VALUE',
): AppError {
  const quoted = names.map((name) => `"--${name}"`);
  const last = quoted.at(-1) ?? '';
  const all = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} and ${last}` : last;
  return usage(
    `${all} ${names.length === 1 ? 'is' : 'are'} missing`,
    `add \`${names.map((name) => `--${name} ${example(name)}`).join(' ')}\``,
  );
}

/** An error shows a value only if it cannot be a secret: one short lower-case word. */
function plainWord(value: string): string {
  return /^[a-z]{1,20}(-[a-z]{1,20})?$/.test(value) ? ` ${value}` : '';
}

/** What the person typed for one verb, read with checks instead of casts. Option names as in `--help`, without dashes. */
export class Input {
  readonly #arguments: readonly string[];
  readonly #options: ReadonlyMap<string, unknown>;

  constructor(args: readonly string[], options: ReadonlyMap<string, unknown>) {
    this.#arguments = args;
    this.#options = options;
  }

  /** A positional argument; commander has checked that it is there. */
  argument(index: number): string {
    const value = this.#arguments[index];
    if (value === undefined) throw usage('an argument is missing', 'see `--help`');
    return value;
  }

  optionalArgument(index: number): string | undefined {
    return this.#arguments[index];
  }

  arguments(from = 0): readonly string[] {
    return this.#arguments.slice(from);
  }

  flag(name: string): boolean {
    return this.#options.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#options.get(name);
    if (value === undefined || value === false) return undefined;
    if (typeof value !== 'string') throw usage(`"--${name}" needs one value`, 'give it once');
    if (value === '') throw usage(`"--${name}" is empty`, `give "--${name}" a value`);
    return value;
  }

  /** An option whose value may be left out: true when it was given bare. */
  textOrFlag(name: string): string | true | undefined {
    return this.#options.get(name) === true ? true : this.text(name);
  }

  required(name: string): string {
    this.requireAll([name]);
    return this.text(name) ?? '';
  }

  /** Names every option that is missing, at once. */
  requireAll(names: readonly string[]): void {
    const missing = names.filter((name) => this.text(name) === undefined);
    if (missing.length > 0) throw missingOptions(missing);
  }

  /** A repeatable option. `split` also separates values within one option. */
  list(name: string, split?: RegExp): readonly string[] {
    const value = this.#options.get(name);
    const given = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
    const parts = split ? given.flatMap((each) => each.split(split)).filter((each) => each !== '') : given;
    if (parts.includes('')) throw usage(`"--${name}" is empty`, `give "--${name}" a value`);
    return [...new Set(parts)];
  }

  wholeNumber(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range.min && number <= range.max)) {
      throw usage(
        `"--${name}" is not a whole number from ${range.min} to ${range.max}`,
        `write "--${name} ${range.min}"`,
      );
    }
    return number;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw usage(
        `"--${name}${plainWord(value)}" is not one of ${choices.join(', ')}`,
        `write "--${name} ${choices[0]}"`,
      );
    return found;
  }
}
