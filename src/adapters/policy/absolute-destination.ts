import { resolve } from 'node:path';

/** The same destination with its path made absolute, so that it means one place from any folder. */
export function absoluteDestination(label: string, folder: string): string {
  return label.replace(
    /^(file|env):(.+)$/s,
    (_, kind: string, path: string) => `${kind}:${resolve(folder, path)}`,
  );
}
