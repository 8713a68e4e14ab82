import { describe, expect, test } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { type Purpose, resolveKey, resolveToken } from '../../../src/core/resolve-reference.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { parseReference } from '../../../src/domain/reference.ts';
import type { ListedToken, TokenStatus } from '../../../src/domain/token.ts';
import type { NewVersion } from '../../../src/ports/store.ts';
import {
  type Answer,
  FakeClock,
  FakeProfiles,
  FakeStore,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  ORIGIN,
  referencesOf,
  tokenOf,
  whole,
} from '../../support/fakes.ts';

const MARKED = 'etl-20261122-7f3a9c21';
const LATER = '2026-01-01T00:00:00Z';
const PURPOSES: readonly Purpose[] = ['use', 'rotate', 'revive', 'delete'];

function token(id: string, name: string | null, status: TokenStatus = 'active'): ListedToken {
  return { ...tokenOf(id, { name, status }), inUse: false };
}

interface Saved extends Partial<NewVersion> {
  readonly as: string;
}

function rig(saved: readonly Saved[] = [], answer: () => Answer = () => new AppError(UNREACHABLE)) {
  const store = new FakeStore();
  for (const { as, ...more } of saved) store.put(as, 'x', { kind: 'token', origin: ORIGIN, ...more });
  const profiles = new FakeProfiles();
  const transport = new FakeTransport(answer);
  const client = new Client({ ...fakeConnection(fakeProvider()), profile: 'here' }, transport);
  return { deps: { client, profiles, clock: new FakeClock(), ...referencesOf(store) }, profiles, store };
}

const UNREACHABLE = { code: 'unavailable', message: 'nothing is to be sent' } as const;

async function find(
  reference: string,
  tokens: readonly ListedToken[],
  { saved = [], purpose = 'use' }: { saved?: readonly Saved[]; purpose?: Purpose } = {},
): Promise<string> {
  const { deps } = rig(saved);
  const options = { purpose, listed: async () => whole(tokens) };
  try {
    return (await resolveToken(deps, parseReference(reference), options)).id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('one resolver for every verb', () => {
  test.each(PURPOSES)('%s: a saved name means its current id', async (purpose) => {
    const saved = [{ as: 'deploy', id: '2' }];
    expect(await find('deploy', [token('1', 'other'), token('2', 'ci')], { saved, purpose })).toBe('2');
  });

  test.each(PURPOSES)('%s: without a saved name the vendor’s name or id is meant', async (purpose) => {
    expect(await find('ci', [token('1', 'ci'), token('2', 'other')], { purpose })).toBe('1');
    expect(await find('2', [token('1', 'ci'), token('2', 'other')], { purpose })).toBe('2');
  });

  test.each(PURPOSES)('%s: two different readings are refused with both ids', async (purpose) => {
    const saved = [{ as: 'ci', id: '2' }];
    const tokens = [token('1', 'ci'), token('2', 'unrelated')];
    expect(await find('ci', tokens, { saved, purpose })).toBe('conflict: "ci" fits 2 tokens: id:2, id:1');
  });

  test.each(PURPOSES)('%s: a saved name that is another token’s id is refused too', async (purpose) => {
    const saved = [{ as: '1', id: '2' }];
    const tokens = [token('1', 'one'), token('2', 'two')];
    expect(await find('1', tokens, { saved, purpose })).toContain('conflict: "1" fits 2 tokens: id:2, id:1');
  });

  test.each(PURPOSES)('%s: both readings that are one token are no ambiguity', async (purpose) => {
    expect(await find('ci', [token('1', 'ci')], { saved: [{ as: 'ci', id: '1' }], purpose })).toBe('1');
  });

  test.each(PURPOSES)('%s: id: and name: force the vendor’s id and name', async (purpose) => {
    const saved = [{ as: 'ci', id: '2' }];
    const tokens = [token('1', 'ci'), token('2', 'unrelated')];
    expect(await find('name:ci', tokens, { saved, purpose })).toBe('1');
    expect(await find('name:unrelated', tokens, { saved, purpose })).toBe('2');
    expect(await find('name:1', tokens, { saved, purpose })).toContain('not-found');
  });

  test.each(PURPOSES)('%s: a key, or a token born at another time, is not the saved one', async (purpose) => {
    const tokens = [{ ...token('1', 'ci'), createdAt: '2026-01-01T00:00:00Z' }];
    const born = [{ as: 'saved', id: '1', createdAt: '2025-01-01T00:00:00Z' }];
    expect(await find('saved', tokens, { saved: born, purpose })).toContain('is not listed at Fake');
    expect(
      await find('saved', tokens, { saved: [{ as: 'saved', id: '1', kind: 'key' }], purpose }),
    ).toContain('saved as a key');
  });
});

describe('after a rotation that renames', () => {
  const saved = [{ as: 'etl', id: '2' }];
  const gone = [token('2', MARKED)];
  const disabled = [token('1', 'etl', 'disabled'), token('2', MARKED)];
  const both = [token('1', 'etl'), token('2', MARKED)];

  test.each(PURPOSES)('%s: the name hits the current token', async (purpose) => {
    expect(await find('etl', gone, { saved, purpose })).toBe('2');
    expect(await find('etl', gone, { purpose })).toBe('2');
  });

  test.each([
    ['use', '2'],
    ['rotate', '2'],
    ['revive', 'conflict'],
    ['delete', 'conflict'],
  ] as const)('%s beside a disabled predecessor: %s', async (purpose, result) => {
    expect(await find('etl', disabled, { saved, purpose })).toContain(result);
  });

  test.each([
    ['use', 'conflict'],
    ['rotate', '2'],
    ['revive', 'conflict'],
    ['delete', 'conflict'],
  ] as const)('%s beside a predecessor that works: %s', async (purpose, result) => {
    expect(await find('etl', both, { saved, purpose })).toContain(result);
  });

  test('several successors are refused with their ids', async () => {
    const two = [token('1', MARKED), token('2', 'etl-20261123-00000000')];
    expect(await find('etl', two)).toBe('conflict: "etl" fits 2 tokens: id:1, id:2');
  });

  test('a job that says the first name goes on', async () => {
    expect(await find('etl', disabled, { purpose: 'rotate' })).toBe('2');
    expect(await find('etl', [token('1', 'etl', 'disabled')], { purpose: 'rotate' })).toBe('1');
  });
});

describe('D1: a saved name never stands for another token of that name', () => {
  const saved = [{ as: 'job', id: '3' }];

  test.each(PURPOSES)('%s: its own token is not listed', async (purpose) => {
    const tokens = [token('1', 'web'), token('8', 'job')];
    expect(await find('job', tokens, { saved, purpose })).toBe(
      'conflict: saved "job" is id 3, which is not listed at Fake, profile here; another token there is "job" (id:8)',
    );
    expect(await find('name:job', tokens, { saved, purpose })).toBe('8');
  });

  const OTHERS: readonly (readonly [string, ListedToken[]])[] = [
    ['several of that name', [token('8', 'job'), token('9', 'job')]],
    ['one whose id is the name', [token('job', 'other')]],
    ['one with a mark like that of a rotation', [token('8', 'job-20261129-cf30b98c55269dfa')]],
    ['one of the saved id that was created at another time', [{ ...token('3', 'job'), createdAt: LATER }]],
    ['one that is disabled', [token('8', 'job', 'disabled')]],
  ];

  test.each(PURPOSES.flatMap((purpose) => OTHERS.map(([what, tokens]) => [purpose, what, tokens] as const)))(
    '%s: %s',
    async (purpose, _, tokens) => {
      const born = [{ as: 'job', id: '3', createdAt: '2025-01-01T00:00:00Z' }];
      expect(await find('job', tokens, { saved: born, purpose })).toContain(
        'conflict: saved "job" is id 3, which is not listed',
      );
    },
  );

  test.each(PURPOSES)('%s: nor where a list is not whole', async (purpose) => {
    const { deps } = rig(saved);
    const listed = async () => ({ items: [token('8', 'job')], whole: false, why: 'a page is missing' });
    await expect(resolveToken(deps, parseReference('job'), { listed, purpose })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be sure: saved "job" is id 3, which is not listed'),
    });
  });

  test.each(['job', 'job-20261129-cf30b98c55269dfa'])(
    'rotate: its own token is disabled, "%s" is active',
    async (name) => {
      const tokens = [token('3', 'x', 'disabled'), token('8', name)];
      expect(await find('job', tokens, { saved, purpose: 'rotate' })).toBe(
        'conflict: "job" fits 2 tokens: id:3, id:8',
      );
      expect(await find('job', [token('3', 'x', 'disabled')], { saved, purpose: 'rotate' })).toBe('3');
    },
  );
});

describe('what names nothing', () => {
  const elsewhere = { as: 'etl', id: '5', provider: 'devo', origin: 'https://devo.example' };

  test('says for which profile and vendor the name is saved', async () => {
    const { deps, profiles } = rig([elsewhere]);
    await profiles.save(profileOf('work', 'devo', 'https://devo.example'));
    const options = { listed: async () => whole([token('1', 'ci')]) };
    await expect(resolveToken(deps, parseReference('etl'), options)).rejects.toMatchObject({
      code: 'not-found',
      message: '"etl" is saved for profile work (DEVO, id 5)',
      facts: { hint: 'add `-p work`', profile: 'work', id: '5' },
    });
  });

  test('and where no profile leads there, how to log in', async () => {
    const { deps } = rig([elsewhere]);
    await expect(
      resolveToken(deps, parseReference('etl'), { listed: async () => whole([]) }),
    ).rejects.toMatchObject({
      message: '"etl" is saved for DEVO at https://devo.example (id 5), and no profile leads there',
    });
  });

  test('of another account of the same origin, which profile may have it', async () => {
    const { deps, profiles } = rig([{ as: 'etl', id: '5' }]);
    await profiles.save(profileOf('other', 'fake', ORIGIN));
    await expect(
      resolveToken(deps, parseReference('etl'), { listed: async () => whole([]) }),
    ).rejects.toMatchObject({
      message: 'the token of "etl", id 5, is not listed at Fake, profile here',
      facts: { hint: 'it may be of another profile: add `-p other`' },
    });
  });

  test('one that ended is told of', async () => {
    const { deps, store } = rig([{ as: 'etl', id: '5' }]);
    await store.mark('etl', '1', { state: 'ended', at: '2026-11-22T10:00:00Z' });
    await expect(
      resolveToken(deps, parseReference('etl'), { listed: async () => whole([]) }),
    ).rejects.toThrow('"etl" ended at 2026-11-22T10:00:00Z');
  });

  test('a mistyped one offers the closest names, three at most', async () => {
    const { deps } = rig();
    const names = ['deploy', 'deploy-2', 'deploys', 'employ', 'ci', null];
    const listed = async () => whole(names.map((name, index) => token(String(index), name)));
    const found = resolveToken(deps, parseReference('deplyo'), { listed });
    await expect(found).rejects.toMatchObject({
      code: 'not-found',
      message: 'no token "deplyo"',
      facts: { hint: 'did you mean "deploy", "deploys"? see `keyturn tokens list -p here`' },
    });
  });
});

describe('where the provider has no list', () => {
  test('the id of a saved name is enough', async () => {
    const { deps } = rig([{ as: 'ci', id: '7' }], () => ({ status: 404, body: {} }));
    const { get: _, ...unlisted } = deps.client.connection.provider.tokens;
    const { provider } = deps.client.connection;
    const facts = { ...provider.facts, lists: 'inferred' } as const;
    const client = new Client(
      { ...deps.client.connection, provider: { ...provider, facts, tokens: unlisted } },
      new FakeTransport(() => ({ status: 404, body: {} })),
    );
    expect(await resolveToken({ ...deps, client }, parseReference('ci'))).toMatchObject({
      id: '7',
      name: 'ci',
    });
    await expect(resolveToken({ ...deps, client }, parseReference('other'))).rejects.toThrow();
  });
});

test('keys are named alike, by the saved name first', async () => {
  const { deps } = rig([
    { as: 'dsn', id: 'k2', kind: 'key', project: 'web' },
    { as: 'back', id: 'k9', kind: 'key', project: 'web' },
  ]);
  const key = (id: string, name: string) => ({ id, name, status: 'active', createdAt: null });
  const keys = [key('k1', 'front'), key('k2', 'back')];
  const list = {
    maxPageSize: 10,
    request: () => ({ method: 'GET', path: '/keys' }) as const,
    decode: () => ({ items: keys, withoutId: 0, paging: { next: null, total: null, obstacle: null } }),
  };
  const provider = { ...deps.client.connection.provider, keys: { list } };
  const connection = { ...deps.client.connection, provider };
  const transport = new FakeTransport(() => ({ body: {} }));
  // @ts-expect-error only what a listing takes is there
  const here = { ...deps, client: new Client(connection, transport) };
  expect((await resolveKey(here, 'web', parseReference('dsn'))).id).toBe('k2');
  expect((await resolveKey(here, 'web', parseReference('front'))).id).toBe('k1');
  await expect(resolveKey(here, 'web', parseReference('back'))).rejects.toMatchObject({
    code: 'conflict',
    message:
      'saved "back" is id k9, which is not listed at Fake, profile here; another key there is "back" (id:k2)',
    facts: { hint: 'if you mean that key, name it as `id:k2` or `name:back`' },
  });
  await expect(resolveKey(here, 'app', parseReference('dsn'))).rejects.toMatchObject({
    message: '"dsn" is saved as a key of project "web"',
    facts: { hint: 'add `--project web`' },
  });
});

function profileOf(name: string, provider: string, origin: string) {
  const credential = { kind: 'store', name } as const;
  return { name, provider, settings: {}, origin, credential, tokenId: null };
}
