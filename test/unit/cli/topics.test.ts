import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environmentVariables, TOPICS } from '../../../src/cli/arguments/topics.ts';
import { variableOf } from '../../../src/core/resolve-connection.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { FORMATS } from '../../../src/output/report.ts';
import { loadProviders } from '../../../src/providers/registry.ts';

const SRC = fileURLToPath(new URL('../../../src', import.meta.url));

async function render(name: string): Promise<string> {
  return (await TOPICS[name]?.render()) ?? '';
}

it('there are three', () => {
  expect(Object.keys(TOPICS)).toEqual(['exit-codes', 'environment', 'output']);
});

it('exit-codes has every code with its meaning', async () => {
  const text = await render('exit-codes');
  for (const [name, { code, meaning }] of Object.entries(EXIT)) {
    expect(text).toMatch(new RegExp(`^ +${code} +${name} `, 'm'));
    expect(text).toContain(meaning);
  }
});

it('output has every format', async () => {
  const text = await render('output');
  for (const format of FORMATS) expect(text).toContain(`-o ${format}`);
});

describe('environment', () => {
  it('has every setting of every provider', async () => {
    const names = (await environmentVariables()).map(({ name }) => name);
    for (const provider of await loadProviders()) {
      for (const setting of provider.settings) expect(names).toContain(variableOf(setting));
    }
    expect(new Set(names).size).toBe(names.length);
  });

  it('has every KEYTURN_ variable that the code names, and no other', async () => {
    const named = new Set<string>();
    for (const entry of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.ts') || entry.endsWith('topics.ts')) continue;
      for (const [name] of readFileSync(join(SRC, entry), 'utf8').matchAll(/\bKEYTURN_[A-Z][A-Z_]*[A-Z]\b/g))
        named.add(name);
    }
    // Only an example in a comment.
    named.delete('KEYTURN_ORG_SLUG');
    const documented = (await environmentVariables())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('KEYTURN_'));
    const settings = (await loadProviders()).flatMap((provider) => provider.settings.map(variableOf));
    expect([...new Set([...named, ...settings])].sort()).toEqual([...documented].sort());
  });
});
