import { type CapabilityName, OPERATIONS, type Support } from '../domain/capability.ts';
import { AppError } from '../domain/errors.ts';
import type { Provider } from '../ports/provider.ts';
import { type CommandPlace, withCommands } from './create-command.ts';

/** What keyturn can do at a provider. An absent operation is the statement; nothing is written down twice. */
export function supportOf(provider: Provider, operation: CapabilityName): Support {
  const { tokens, keys, projects } = provider;
  const native: Record<CapabilityName, unknown> = {
    'tokens create': tokens.create,
    'tokens list': tokens.list,
    'tokens get': tokens.get,
    'tokens rotate': tokens.rotate,
    'tokens revoke': tokens.revoke,
    'tokens delete': tokens.remove,
    'tokens enable': tokens.enable,
    'tokens disable': tokens.disable,
    'tokens rename': tokens.rename,
    'keys create': keys?.create,
    'keys list': keys?.list,
    'keys expire': keys?.expire,
    'keys rotate': keys?.rotate,
    'projects create': projects?.create,
    'projects list': projects?.list,
  };
  if (native[operation]) return 'native';
  const composed: Partial<Record<CapabilityName, unknown>> = {
    'tokens get': tokens.list,
    'tokens rotate': tokens.create && tokens.marking,
    'tokens rename': provider.facts.names === 'none' ? tokens.list : undefined,
  };
  return composed[operation] ? 'composed' : 'no';
}

/** Whether the vendor documents no such list: keyturn asks where one would expect it, and does without. */
export function isInferred(provider: Provider, operation: CapabilityName): boolean {
  if (provider.facts.lists === 'documented' || supportOf(provider, operation) === 'no') return false;
  return operation.endsWith(' list') || (operation === 'tokens get' && !provider.tokens.get);
}

export interface Capability {
  readonly operation: CapabilityName;
  readonly support: Support;
  readonly inferred: boolean;
}

export function capabilitiesOf(provider: Provider): readonly Capability[] {
  return OPERATIONS.map((operation) => ({
    operation,
    support: supportOf(provider, operation),
    inferred: isInferred(provider, operation),
  }));
}

/** The error for an operation that the vendor does not have: what to do instead, exit 8. */
export function unsupported(place: CommandPlace, operation: CapabilityName): AppError {
  const { provider } = place;
  return new AppError({
    code: 'unsupported',
    message: `${provider.title} has no way to do \`${operation}\``,
    hint: insteadOf(place, operation) ?? `see \`keyturn providers ${provider.id}\``,
    provider: provider.id,
  });
}

/** What to do instead of an operation that the vendor lacks, with its commands; undefined where nothing is known. */
export function insteadOf(place: CommandPlace, operation: CapabilityName): string | undefined {
  const instead = place.provider.instead[operation];
  return instead === undefined ? undefined : withCommands(instead, place);
}

export function requireSupport(place: CommandPlace, operation: CapabilityName): void {
  if (supportOf(place.provider, operation) === 'no') throw unsupported(place, operation);
}
