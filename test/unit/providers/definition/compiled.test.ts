import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../../src/adapters/definitions/parse-definition.ts';
import { compileDefinition } from '../../../../src/providers/definition/compile.ts';
import { readDefinition } from '../../../../src/providers/definition/read-definition.ts';
import { providerIds } from '../../../../src/providers/registry.ts';
import { changed, read, shippedText } from './support.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('compiled definitions', () => {
  it.each(providerIds)('%s is what its file says', async (id) => {
    const source = await parseDefinition(new TextEncoder().encode(shippedText(id)), `${id}.yaml`);
    const definition = readDefinition(source, { isShipped: true, shippedIds: new Set() });
    const { compiled } = await import(`../../../../src/providers/compiled/${id}.ts`);
    expect(compileDefinition(definition, sha256)).toEqual(compiled);
    expect(JSON.parse(compiled.text)).toEqual(definition);
    // What a person who reviews it asks first.
    expect(definition.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(definition.version).toBeDefined();
  });

  it('are those of the registry, and no other', () => {
    const files = readdirSync('src/providers/definitions').map((name) => name.replace('.yaml', ''));
    expect(files.sort()).toEqual([...providerIds].sort());
    expect(
      readdirSync('src/providers/compiled')
        .map((name) => name.replace('.ts', ''))
        .sort(),
    ).toEqual(files);
  });

  it('do not depend on the order of their members, and depend on everything that is said', async () => {
    const digest = async (text: string) => compileDefinition(await read(text), sha256).digest;
    const same = await digest(changed(() => undefined));
    const turned = changed((d) => {
      const { id, token, ...rest } = d;
      for (const name of Object.keys(d)) delete d[name];
      Object.assign(d, { token: Object.fromEntries(Object.entries(token).reverse()), ...rest, id });
    });
    expect(await digest(turned)).toBe(same);
    expect(await digest(changed((d) => (d.title = 'Acme Clouds')))).not.toBe(same);
    expect(same).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
