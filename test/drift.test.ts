import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generatedFiles, topHelpModule, versionModule } from '../scripts/generate/files.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function read(path: string): string {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}

const generated = await generatedFiles(read);

describe('what is made from the code is what is checked in (`npm run generate`)', () => {
  it.each(Object.entries(generated))('%s', (path, text) => {
    expect(read(path)).toBe(text);
    expect(text).not.toBe('');
  });

  it('and is all there', () => {
    const schemas = readdirSync(join(ROOT, 'schemas')).filter((name) => name !== 'policy.schema.json');
    expect(Object.keys(generated).sort()).toEqual(
      [
        ...schemas.map((name) => `schemas/${name}`),
        'completions/keyturn.bash',
        'completions/_keyturn',
        'completions/keyturn.fish',
        'completions/keyturn.ps1',
        'docs/exit-codes.md',
        'docs/environment.md',
        'docs/providers.md',
        'docs/sandbox.md',
        'README.md',
      ].sort(),
    );
  });

  it('the version', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(read('src/cli/version.ts')).toBe(versionModule(version));
  });

  it('the top help', async () => {
    expect(read('src/cli/top-help.ts')).toBe(await topHelpModule());
  });
});

describe('README', () => {
  it.each(['capabilities', 'exit codes'])('has the part "%s", filled', (part) => {
    const text = read('README.md');
    const [, inside] = new RegExp(`<!-- ${part} -->\\n([^]*?)<!-- /${part} -->`).exec(text) ?? [];
    expect(inside).toMatch(/^\|.*\|\n\|---/);
    expect(inside?.split('\n').length).toBeGreaterThan(10);
  });

  it('a part that was changed by hand is put right', async () => {
    const changed = read('README.md').replace('| 13 | locked |', '| 14 | locked |');
    expect(changed).not.toBe(read('README.md'));
    expect((await generatedFiles((path) => (path === 'README.md' ? changed : read(path))))['README.md']).toBe(
      read('README.md'),
    );
  });
});

describe('docs/sandbox.md', () => {
  it.each(['faults', 'assumptions', 'answer shapes'])('has the part "%s", filled', (part) => {
    const [, inside] =
      new RegExp(`<!-- ${part} -->\\n([^]*?)<!-- /${part} -->`).exec(read('docs/sandbox.md')) ?? [];
    expect(inside).toMatch(/^\|.*\|\n\|---/);
  });
});
