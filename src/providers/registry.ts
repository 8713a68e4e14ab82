import { usage } from '../domain/errors.ts';
import { safeText } from '../domain/text.ts';
import type { Provider } from '../ports/provider.ts';

/** A new provider is one file and one line here. Each file is loaded when it is first asked for. */
const LOADERS: Readonly<Record<string, () => Promise<Provider>>> = {
  errova: async () => (await import('./errova.ts')).errova,
  devo: async () => (await import('./devo.ts')).devo,
  prefactor: async () => (await import('./prefactor.ts')).prefactor,
  bluebricks: async () => (await import('./bluebricks.ts')).bluebricks,
};

/** In the order of the documentation. */
export const providerIds: readonly string[] = Object.keys(LOADERS);

/** Throws a usage error, with the list, for an id that is none. */
export async function loadProvider(id: string): Promise<Provider> {
  const load = Object.hasOwn(LOADERS, id) ? LOADERS[id] : undefined;
  if (load === undefined) {
    throw usage(`no such provider: "${safeText(id, 40)}"`, `choose one of ${providerIds.join(', ')}`);
  }
  return load();
}

export function loadProviders(): Promise<readonly Provider[]> {
  return Promise.all(providerIds.map(loadProvider));
}
