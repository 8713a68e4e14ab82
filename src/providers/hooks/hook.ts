import type { Provider, Setting } from '../../ports/provider.ts';

/** A part of a provider that is code: what a definition cannot say. Its id stands in the definition's `hooks`. */
export type Hook = (provider: Provider) => Provider;

/** A setting that the hook's own paths need; the definition that names the hook has it. */
export function settingOf({ settings }: Provider, name: string): Setting {
  const found = settings.find((setting) => setting.name === name);
  if (found === undefined) throw new Error(`the definition lacks the setting ${name}`);
  return found;
}
