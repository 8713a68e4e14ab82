import { usage } from '../domain/errors.ts';
import { safeText } from '../domain/text.ts';
import type { Provider } from '../ports/provider.ts';
import type { CompiledDefinition } from './definition/compile.ts';
import { interpret } from './definition/interpret.ts';
import type { Definition } from './definition/provider-table.ts';
import type { Hook } from './hooks/hook.ts';

/** A new provider is one definition and one line here. Each is loaded when it is first asked for; YAML is read at build alone. */
const DEFINITIONS: Readonly<Record<string, () => Promise<CompiledDefinition>>> = {
  errova: async () => (await import('./compiled/errova.ts')).compiled,
  devo: async () => (await import('./compiled/devo.ts')).compiled,
  prefactor: async () => (await import('./compiled/prefactor.ts')).compiled,
  bluebricks: async () => (await import('./compiled/bluebricks.ts')).compiled,
};

/** Parts that are code, by the ids that definitions name. */
const HOOKS: Readonly<Record<string, () => Promise<Hook>>> = {
  'errova-keys': async () => (await import('./hooks/errova-keys.ts')).errovaKeys,
  'errova-projects': async () => (await import('./hooks/errova-projects.ts')).errovaProjects,
  'errova-reach': async () => (await import('./hooks/errova-reach.ts')).errovaReach,
};

/** In the order of the documentation. */
export const providerIds: readonly string[] = Object.keys(DEFINITIONS);

/** Throws a usage error, with the list, for an id that is none. */
export async function loadDefinition(id: string): Promise<Definition> {
  const load = Object.hasOwn(DEFINITIONS, id) ? DEFINITIONS[id] : undefined;
  if (load === undefined) {
    throw usage(`no such provider: "${safeText(id, 40)}"`, `choose one of ${providerIds.join(', ')}`);
  }
  const { text } = await load();
  // The build has read it with all checks.
  return JSON.parse(text) as Definition;
}

export async function loadProvider(id: string): Promise<Provider> {
  const definition = await loadDefinition(id);
  const hooks = await Promise.all((definition.hooks ?? []).map((name) => HOOKS[name]?.()));
  return hooks.reduce<Provider>((provider, hook) => hook?.(provider) ?? provider, interpret(definition));
}

export function loadProviders(): Promise<readonly Provider[]> {
  return Promise.all(providerIds.map(loadProvider));
}
