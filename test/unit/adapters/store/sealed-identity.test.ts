import { describe, expect, test } from 'vitest';
import { SEAL_FORMAT } from '../../../../src/adapters/store/format.ts';
import { seal, toBase64Url } from '../../../../src/adapters/store/seal.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, PATH, random } from './store-rig.ts';

const FACTS = {
  kind: 'managing',
  provider: 'devo',
  origin: 'https://api.devo.com',
  settings: { region: 'us', domain: 'alpha' },
  project: 'web',
  id: '3',
  expiresAt: '2027-01-01T00:00:00Z',
} as const;

async function filled(kind: StoreKind) {
  const memory = createMemoryDisk();
  const rig = createRig(memory.connect(), kind);
  await rig.store.save(entry('acme', FACTS), Secret.of('s3cr3t-value'));
  await rig.store.stage(entry('acme', FACTS), 'next', Secret.of('next-value'));
  const text = () => new TextDecoder().decode(memory.files().get(PATH));
  const edit = (from: string | RegExp, to: string) => {
    const edited = text().replace(from, to);
    expect(edited).not.toBe(text());
    memory.put(PATH, new TextEncoder().encode(edited));
  };
  return { ...rig, text, edit };
}

const EDITS: readonly (readonly [string, string | RegExp, string])[] = [
  ['name', '  acme:', '  other:'],
  ['kind', 'kind: managing', 'kind: token'],
  ['provider', 'provider: devo', 'provider: errova'],
  ['origin', 'https://api.devo.com', 'https://api.evil.com'],
  ['account', 'domain: alpha', 'domain: beta'],
  ['account, taken out', /\n\s+settings: .*/, ''],
  ['project', 'project: web', 'project: app'],
  ['project, taken out', /\n\s+project: web/, ''],
  ['id', 'id: "3"', 'id: "4"'],
  ['id, taken out', /\n\s+id: "3"/, ''],
  ['scopes', '[ org.read ]', '[ org.admin ]'],
  ['creation date', 'createdAt: 2026-11-22T12:00:00Z', 'createdAt: 2026-11-23T12:00:00Z'],
  ['expiry', 'expiresAt: 2027-01-01', 'expiresAt: 2028-01-01'],
  ['expiry, taken out', /\n\s+expiresAt: .*/, ''],
  ['date of the save', 'savedAt: 2026-11-22T12:00:00Z', 'savedAt: 2026-11-21T12:00:00Z'],
  ['current version', 'current: "1"', 'current: next'],
  ['current version, taken out', /\n\s+current: "1"/, ''],
  ['version', '"1":\n', '"7":\n'],
  ['seal, made an older one', /\n\s+seal: 2/, ''],
];

describe.each(['keychain', 'passphrase'] as const)('A13 in a %s store, an edit by hand of the', (kind) => {
  test.each(EDITS)('%s: the secret does not open, and gets no seal of ours', async (what, from, to) => {
    const { again, text, edit } = await filled(kind);
    edit(from, to);
    if (what === 'version') edit('current: "1"', 'current: "7"');
    const name = what === 'name' ? 'other' : 'acme';
    const before = text();
    const refused = {
      code: 'conflict',
      message: `the secret of "${name}" does not open`,
      hint: expect.stringContaining(`keyturn credentials remove ${name}`),
    };
    expect((await caught(again().open(name))).facts).toMatchObject(refused);
    const found = await again().find(name);
    if (!found) throw new Error('the entry is not there');
    const fresh = { ...entry(name, FACTS), kind: found.kind, provider: found.provider, origin: found.origin };
    const staged = { ...fresh, settings: found.settings, project: found.project };
    expect((await caught(again().stage(staged, 'more', Secret.of('more')))).code).toBe('conflict');
    expect((await caught(again().rename(name, 'renamed'))).code).toBe('conflict');
    expect(text()).toBe(before);
  });
});

test('A13 a clear store guards nothing: every edit is taken as it stands', async () => {
  const { again, edit } = await filled('file');
  edit('kind: managing', 'kind: token');
  edit('id: "3"', 'id: "4"');
  expect((await again().open('acme')).reveal()).toBe('s3cr3t-value');
});

test.each(['keychain', 'file'] as const)(
  'A13 what keyturn itself changes in a %s store still opens',
  async (kind) => {
    const { again } = await filled(kind);
    const at = '2026-11-28T12:00:00Z';
    await again().mark('acme', '1', { state: 'disabled', at });
    await again().mark('acme', '1', null);
    await again().promote('acme', '1', 'next');
    expect((await again().open('acme', '1')).reveal()).toBe('s3cr3t-value');
    await again().promote('acme', 'next', '1');
    await again().promote('acme', '1', 'next');
    await again().mark('acme', 'next', { state: 'ended', at });
    await again().dropVersion('acme', '1');
    await again().rename('acme', 'other');
    expect((await again().open('other')).reveal()).toBe('next-value');
    expect(await again().find('other')).toMatchObject({ ...FACTS_SHOWN, current: { id: '3' } });
  },
);

const { id: _id, expiresAt: _expiresAt, ...FACTS_SHOWN } = FACTS;

describe('A13 an entry that an older keyturn sealed', () => {
  async function older() {
    const rig = await filled('keychain');
    const unlocked = await rig.store.unlock();
    if (!unlocked?.key) throw new Error('the store has no key');
    const { dataKeyId, key } = unlocked;
    for (const [version, secret] of [
      ['1', 's3cr3t-value'],
      ['next', 'next-value'],
    ] as const) {
      const place = ['keyturn', 1, dataKeyId, 'acme', 'devo', 'https://api.devo.com', 'secret', version];
      const sealed = seal(key, random, new TextEncoder().encode(secret), JSON.stringify(place));
      rig.edit(/seal: 2\n\s+sealed: \S+/, `sealed: ${toBase64Url(sealed)}`);
    }
    return rig;
  }

  test('opens, and is sealed anew by the next write of the store', async () => {
    const { again, text, edit } = await older();
    expect((await again().open('acme')).reveal()).toBe('s3cr3t-value');
    expect(text()).not.toContain(`seal: ${SEAL_FORMAT}`);
    await again().save(entry('more'), Secret.of('more'));
    expect(text().match(/seal: 2/g)).toHaveLength(3);
    expect((await again().open('acme')).reveal()).toBe('s3cr3t-value');
    expect((await again().open('acme', 'next')).reveal()).toBe('next-value');
    edit('id: "3"', 'id: "4"');
    expect((await caught(again().open('acme'))).code).toBe('conflict');
  });

  test('one that does not open stays as it is, and stops no other', async () => {
    const { again, edit } = await older();
    edit('provider: devo', 'provider: errova');
    await again().save(entry('more'), Secret.of('more'));
    expect((await again().open('more')).reveal()).toBe('more');
    edit('provider: errova', 'provider: devo');
    expect((await again().open('acme')).reveal()).toBe('s3cr3t-value');
  });
});
