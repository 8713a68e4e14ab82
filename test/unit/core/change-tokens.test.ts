import { describe, expect, it } from 'vitest';
import {
  changeTokens,
  describeChange,
  findTargets,
  type TokenVerb,
} from '../../../src/core/change-tokens.ts';
import { Client } from '../../../src/core/client.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { TokenStatus } from '../../../src/domain/token.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import {
  type Answer,
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  ORIGIN,
  referencesOf,
  type Sent,
  tokenOf,
} from '../../support/fakes.ts';

const TOKENS = ['a', 'b', 'c'].map((id) => tokenOf(id));

interface Rig {
  readonly provider?: Provider;
  readonly tokenId?: string;
  readonly answer?: (request: Sent) => Answer | undefined;
}

function rig({ provider = fakeProvider(), tokenId, answer }: Rig = {}) {
  const states = new Map<string, TokenStatus>();
  const items = () => TOKENS.map((token) => ({ ...token, status: states.get(token.id) ?? token.status }));
  const transport = new FakeTransport((request) => {
    const told = answer?.(request);
    if (told !== undefined) return told;
    if (request.path === '/tokens') return { body: { items: items(), next: null } };
    const [, , id = '', verb] = request.path.split('/');
    const item = items().find((token) => token.id === id);
    if (request.method === 'GET') return item ? { body: { item } } : { status: 404, body: {} };
    states.set(id, verb === 'enable' ? 'active' : verb === 'disable' ? 'disabled' : 'revoked');
    return { body: '' };
  });
  const connection = fakeConnection(provider, tokenId);
  const audit = new FakeAudit();
  const profiles = new FakeProfiles();
  const deps = {
    client: new Client(connection, transport),
    profiles,
    clock: new FakeClock(),
    audit,
    ...referencesOf(),
  };
  const change = async (verb: TokenVerb, references: readonly string[], allowSelf = false) => {
    const results = await changeTokens(deps, verb, await findTargets(deps, verb, references, allowSelf));
    return results.map(({ reference, error }) => `${reference}: ${error?.code ?? 'ok'}`);
  };
  const writes = () => transport.lines.filter((line) => !line.startsWith('GET'));
  return { deps, audit, profiles, change, writes, transport };
}

describe('findTargets', () => {
  it('finds all before anything is changed; what is not found is a result', async () => {
    const { deps, transport, writes } = rig();
    const targets = await findTargets(deps, 'revoke', ['name-a', 'gone', 'id:b', '', 'name-a'], false);
    expect(
      targets.map(({ reference, token, error }) => [reference, token?.id ?? null, error?.code ?? null]),
    ).toEqual([
      ['name-a', 'a', null],
      ['gone', null, 'not-found'],
      ['id:b', 'b', null],
      ['', null, 'usage'],
    ]);
    expect(writes()).toEqual([]);
    expect(transport.lines.filter((line) => line === 'GET /tokens')).toHaveLength(1);
  });

  it.each(['revoke', 'delete', 'disable'] as const)(
    '%s does not touch the credential in use',
    async (verb) => {
      const { change, writes } = rig({ tokenId: 'a' });
      expect(await change(verb, ['a', 'b'])).toEqual(['a: conflict', 'b: ok']);
      expect(writes()).toHaveLength(1);
      expect(await change(verb, ['a'], true)).toEqual(['a: ok']);
    },
  );

  it('enable may', async () => {
    expect(await rig({ tokenId: 'a' }).change('enable', ['a'])).toEqual(['a: ok']);
  });

  it('a provider that does not answer is the whole command’s failure', async () => {
    const down = () => new AppError({ code: 'unavailable', message: 'down' });
    await expect(findTargets(rig({ answer: down }).deps, 'revoke', ['a'], false)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('a verb that the vendor lacks is refused before anything is asked', async () => {
    const { revoke: _, ...tokens } = fakeProvider().tokens;
    const provider = { ...fakeProvider({ instead: { 'tokens revoke': 'disable it' } }), tokens };
    const { deps, transport } = rig({ provider });
    await expect(findTargets(deps, 'revoke', ['a'], false)).rejects.toMatchObject({
      facts: { code: 'unsupported', hint: 'disable it' },
    });
    expect(transport.sent).toEqual([]);
  });
});

describe('changeTokens', () => {
  it.each([
    ['revoke', 'POST /tokens/a/revoke'],
    ['delete', 'DELETE /tokens/a'],
    ['enable', 'PUT /tokens/a/enable'],
    ['disable', 'PUT /tokens/a/disable'],
  ] as const)('%s is one request and one line in the audit log', async (verb, line) => {
    const { change, writes, audit } = rig();
    await change(verb, ['a']);
    expect(writes()).toEqual([line]);
    expect(audit.events).toEqual([
      {
        action: verb,
        outcome: 'ok',
        profile: 'acme',
        provider: 'fake',
        origin: ORIGIN,
        id: 'a',
        attempt: null,
        fingerprint: null,
        requestId: null,
        target: null,
      },
    ]);
  });

  it('tries all of them, and tells what became of each', async () => {
    const answer = ({ method, path }: Sent): Answer | undefined => {
      if (method === 'GET') return undefined;
      if (path.includes('/a')) return { status: 500, body: { message: 'broken' } };
      if (path.includes('/b')) return new AppError({ code: 'unavailable', message: 'no answer' });
      return undefined;
    };
    const { change, writes, audit } = rig({ answer });
    expect(await change('revoke', ['a', 'gone', 'b', 'c'])).toEqual([
      'a: failure',
      'gone: not-found',
      'b: unavailable',
      'c: ok',
    ]);
    expect(writes()).toHaveLength(3);
    expect(audit.events.map(({ id, outcome, requestId }) => [id, outcome, requestId])).toEqual([
      ['a', 'failed', 'r-1'],
      ['b', 'unknown', null],
      ['c', 'ok', null],
    ]);
  });

  it('an audit log that cannot be written keeps no other token from being tried, and is told', async () => {
    const { deps, audit, writes } = rig();
    audit.broken = new AppError({ code: 'unavailable', message: 'the disk is full' });
    const results = await changeTokens(deps, 'revoke', await findTargets(deps, 'revoke', ['a', 'b'], false));
    expect(writes()).toHaveLength(2);
    expect(results.map(({ error }) => error?.facts.message)).toEqual(
      Array(2).fill('it is done at the provider, but the disk is full'),
    );
  });

  it('a refusal is told as it is, also when the log cannot be written', async () => {
    const { deps, audit } = rig({
      answer: ({ method }) => (method === 'GET' ? undefined : { status: 500, body: { message: 'broken' } }),
    });
    audit.broken = new AppError({ code: 'unavailable', message: 'the disk is full' });
    const [result] = await changeTokens(deps, 'revoke', await findTargets(deps, 'revoke', ['a'], false));
    expect(result?.error?.facts).toMatchObject({ code: 'failure', status: 500 });
    expect(result?.error?.facts.message).not.toContain('done');
  });

  it('a bug is no result', async () => {
    const { deps, audit } = rig();
    const targets = await findTargets(deps, 'enable', ['a'], false);
    Object.assign(audit, { append: () => Promise.reject(new TypeError('x')) });
    await expect(changeTokens(deps, 'enable', targets)).rejects.toThrow(TypeError);
  });

  it('deleting forgets the local name where the vendor has none; revoking does not', async () => {
    const { change, profiles } = rig({ provider: fakeProvider({ facts: { names: 'none' } }) });
    await profiles.saveAlias({ provider: 'fake', origin: ORIGIN, settings: null, id: 'a', name: 'ci' });
    await change('revoke', ['id:a']);
    expect(profiles.aliasList).toHaveLength(1);
    await change('delete', ['id:a']);
    expect(profiles.aliasList).toEqual([]);
  });

  it('keeps the local name of what could not be deleted', async () => {
    const answer = ({ method }: Sent) => (method === 'DELETE' ? { status: 500, body: {} } : undefined);
    const { change, profiles } = rig({ provider: fakeProvider({ facts: { names: 'none' } }), answer });
    await profiles.saveAlias({ provider: 'fake', origin: ORIGIN, settings: null, id: 'a', name: 'ci' });
    expect(await change('delete', ['id:a'])).toEqual(['id:a: failure']);
    expect(profiles.aliasList).toHaveLength(1);
  });
});

it('describeChange tells the request and sends nothing', () => {
  const { deps, transport } = rig();
  expect(describeChange(deps, 'delete', { ...tokenOf('a'), inUse: false })).toBe(`DELETE ${ORIGIN}/tokens/a`);
  expect(transport.sent).toEqual([]);
});

describe('a credential that the provider rejects', () => {
  it('is not tried again on the others', async () => {
    const { change, writes } = rig({
      answer: ({ method, path }) =>
        method !== 'GET' && path.includes('b')
          ? { status: 401, body: { message: 'unknown token' } }
          : undefined,
    });
    expect(await change('revoke', ['id:a', 'id:b', 'id:c'])).toEqual([
      'id:a: ok',
      'id:b: auth',
      'id:c: auth',
    ]);
    expect(writes()).toHaveLength(2);
  });

  it('is tried on where one token alone is out of its reach', async () => {
    const { change, writes } = rig({
      answer: ({ method, path }) =>
        method !== 'GET' && path.includes('b') ? { status: 403, body: { message: 'not yours' } } : undefined,
    });
    await change('revoke', ['id:a', 'id:b', 'id:c']);
    expect(writes()).toHaveLength(3);
  });
});
