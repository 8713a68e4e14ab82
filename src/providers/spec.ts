import { usage } from '../domain/errors.ts';
import { withoutMark } from '../domain/marked-name.ts';
import { isUnsafe, safeText } from '../domain/text.ts';
import type { TokenOption, TokenSpec } from '../ports/provider.ts';
import { find } from './settings.ts';

/** Refuses options that the provider does not have, and values that are none of an option's choices. */
export function checkOptions(spec: TokenSpec, options: readonly TokenOption[]): void {
  for (const name of Object.keys(spec.options)) {
    const value = find(spec.options, name);
    const option = options.find((candidate) => candidate.name === name);
    if (value === null) continue;
    if (option === undefined) {
      const known = options.map((candidate) => `--${candidate.name}`).join(', ') || 'no options of its own';
      throw usage(`the provider has no option "--${safeText(name, 40)}"`, `it has ${known}`);
    }
    if (option.choices !== undefined && !option.choices.includes(value)) {
      throw usage(`"${safeText(value, 40)}" is no ${name}`, `choose one of ${option.choices.join(', ')}`);
    }
  }
}

/** A name that survives a terminal and a round trip. */
export function checkName(name: string | null): string {
  const trimmed = name?.trim() ?? '';
  if (trimmed === '') throw usage('the token has no name', 'give `--name NAME`');
  if (trimmed.length > 255) throw usage('the name is too long', 'use 255 characters at most');
  if (isUnsafe(trimmed)) {
    throw usage('the name has invisible or control characters', 'use plain text');
  }
  return trimmed;
}

/** Without this a person would believe in an end that the provider never hears of. */
export function refuseExpiry(spec: TokenSpec, instead: string): void {
  if (spec.expiresAt !== null) throw usage('the provider cannot give a token an end', instead);
}

/** `ci` becomes `ci-20261122-7f3a9c21`; a mark that is there already is replaced, so that marks do not pile up. */
export function markName(name: string | null, marker: string, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const base = [...withoutMark(name ?? 'token')].slice(0, 100).join('');
  return `${base}-${day}-${marker}`;
}

/** The scopes one by one, each once, whatever way they were written; at least one. */
export function checkScopes(scopes: readonly string[], hint: string): readonly string[] {
  const each = scopes.flatMap((scope) => scope.split(/\s+/)).filter((scope) => scope !== '');
  if (each.length === 0) throw usage('the token has no scope', hint);
  const odd = each.find((scope) => isUnsafe(scope) || scope.length > 1_000);
  if (odd !== undefined) throw usage('a scope has invisible or control characters', hint);
  return [...new Set(each)];
}
