import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/cli-process.ts';

// What the published package says of its dependencies, and theirs: made of package-lock.json while npm packs.
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly name: string;
  readonly version: string;
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const manifest: Locked & { readonly files: readonly string[]; readonly scripts: Record<string, string> } =
  JSON.parse(read('package.json'));
const lock: Lock = JSON.parse(read('package-lock.json'));
const shrinkwrap: Lock = JSON.parse(
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'shrinkwrap.mjs')], { encoding: 'utf8' }),
);
const { '': root, ...packages } = shrinkwrap.packages;

test('A28 every runtime package has one exact version and its hash, and none runs a script', () => {
  expect(Object.keys(packages).length).toBeGreaterThan(10);
  for (const [path, each] of Object.entries(packages)) {
    expect(each.version, path).toMatch(/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/);
    expect(each.integrity, path).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    expect([each.hasInstallScript ?? false, 'dev' in each, 'devOptional' in each], path).toEqual([
      false,
      false,
      false,
    ]);
    const { version, integrity } = lock.packages[path] ?? {};
    expect({ version, integrity }, path).toEqual({ version: each.version, integrity: each.integrity });
  }
});

test('it is of this version and these dependencies, without what only tests need', () => {
  expect([shrinkwrap.name, shrinkwrap.version, shrinkwrap.lockfileVersion]).toEqual([
    'keyturn',
    manifest.version,
    3,
  ]);
  expect(root).not.toHaveProperty('devDependencies');
  expect([root?.dependencies, root?.optionalDependencies]).toEqual([
    manifest.dependencies,
    manifest.optionalDependencies,
  ]);
  const direct = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(direct))
    expect(packages[`node_modules/${name}`]?.version).toBe(version);
  expect(Object.keys(packages).filter((path) => /vitest|typescript|biome|fast-check|ajv/.test(path))).toEqual(
    [],
  );
});

test('each dependency of a package is in it, where Node finds it', () => {
  for (const [path, { dependencies, optionalDependencies }] of Object.entries(packages)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((each) => each in packages);
      expect(`${path} needs ${name}: ${found}`).toBe(`${path} needs ${name}: true`);
    }
  }
});

test('the keychain library may be missing', () => {
  const keyring = Object.entries(packages).filter(([path]) => path.includes('/@napi-rs/'));
  expect(keyring.length).toBeGreaterThan(5);
  for (const [path, { optional }] of keyring) expect([path, optional]).toEqual([path, true]);
});

test('it is made while npm packs, is in the package, and is not in the repository', () => {
  expect(manifest.files).toContain('npm-shrinkwrap.json');
  expect(manifest.scripts['prepack']).toMatch(/shrinkwrap\.mjs --write$/);
  expect(manifest.scripts['postpack']).toMatch(/shrinkwrap\.mjs --remove$/);
  expect(Object.keys(manifest.scripts).filter((name) => /install|^prepare/.test(name))).toEqual([]);
  // Beside package-lock.json npm would read it instead.
  expect(existsSync(join(ROOT, 'npm-shrinkwrap.json'))).toBe(false);
});
