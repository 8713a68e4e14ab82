import { usage } from '../domain/errors.ts';
import { checkLocalName } from '../domain/name.ts';
import { chooseExpiry } from '../domain/time.ts';
import type { Provider, TokenSpec } from '../ports/provider.ts';
import type { App } from './app.ts';
import type { Input } from './input.ts';
import { tokenOptionNames } from './token-options.ts';

export interface WantedToken {
  readonly spec: TokenSpec;
  /** The local name, for a provider without names. */
  readonly alias: string | null;
}

/** The specification that the provider accepts, checked before anything is sent. */
export function readTokenSpec(app: App, input: Input, provider: Provider): WantedToken {
  const name = input.text('name') ?? null;
  const nameless = provider.facts.names === 'none';
  const spec = provider.tokens.checkSpec({
    name: nameless ? null : name,
    scopes: input.list('scope', /[\s,]+/),
    expiresAt: chooseExpiry(
      { in: input.text('expires-in'), at: input.text('expires-at') },
      app.runtime.clock.now(),
    ),
    options: readOwnOptions(input, provider),
    idempotencyKey: null,
  });
  return { spec, alias: nameless && name !== null ? checkLocalName(name, 'credential') : null };
}

function readOwnOptions(input: Input, provider: Provider): Record<string, string> {
  const own = new Set(provider.tokens.options.map((option) => option.name));
  const options: Record<string, string> = {};
  for (const name of tokenOptionNames()) {
    const value = input.text(name);
    if (value === undefined) continue;
    if (!own.has(name))
      throw usage(
        `${provider.title} has no "--${name}"`,
        own.size === 0 ? 'leave it out' : `it has ${[...own].map((each) => `--${each}`).join(', ')}`,
      );
    options[name] = value;
  }
  return options;
}
