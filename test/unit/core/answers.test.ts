import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { AppError, isAppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { FakeTransport, ORIGIN, tokenOf } from '../../support/fakes.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';

const SECRET = 'kt_canary_0123456789';
const SETTINGS = { org: 'acme', region: 'us', domain: 'acme' };
const TARGET = { id: '7', name: 'ci' };
const KEY = { project: 'p', id: 'k1', expiresAt: '2027-01-01T00:00:00Z' };

function clientOf(provider: Provider, answer: { status?: number; body: unknown }): Client {
  return new Client(
    {
      provider,
      profile: 'acme',
      settings: SETTINGS,
      origin: ORIGIN,
      auth: provider.auth[0],
      secret: Secret.of(SECRET),
      credentialName: null,
      tokenId: null,
    },
    new FakeTransport(() => answer),
  );
}

interface Verb {
  readonly name: string;
  readonly provider: Provider;
  /** Whether the vendor's success is enough. */
  readonly isOptional: boolean;
  call(client: Client): Promise<unknown>;
}

function verbsOf(provider: Provider): readonly Verb[] {
  const { tokens, keys, projects, probe } = provider;
  const { enable, disable, rename, revoke, remove, get, prove, list } = tokens;
  const all: Record<string, ((client: Client) => Promise<unknown>) | undefined> = {
    enable: enable && ((client) => client.call(enable, TARGET)),
    disable: disable && ((client) => client.call(disable, TARGET)),
    rename: rename && ((client) => client.call(rename, { ...TARGET, newName: 'n' })),
    revoke: revoke && ((client) => client.call(revoke, TARGET)),
    delete: remove && ((client) => client.call(remove, TARGET)),
    expire: keys && ((client) => client.call(keys.expire, KEY)),
    get: get && ((client) => client.call(get, TARGET)),
    prove: prove && ((client) => client.call(prove, tokenOf('7'))),
    probe: (client) => client.call(probe, undefined),
    list: list && ((client) => client.all(list, undefined)),
    'keys list': keys && ((client) => client.all(keys.list, { project: 'p' })),
    'projects create':
      projects && ((client) => client.call(projects.create, { name: 'n', platform: 'p', environment: 'e' })),
    'projects list': projects && ((client) => client.all(projects.list, undefined)),
  };
  const optional = ['enable', 'disable', 'rename', 'revoke', 'delete', 'expire'];
  return Object.entries(all).flatMap(([name, call]) =>
    call ? [{ name: `${provider.id} ${name}`, provider, isOptional: optional.includes(name), call }] : [],
  );
}

const VERBS = [errova, devo, prefactor, bluebricks].flatMap(verbsOf);
const named = (verbs: readonly Verb[]): [string, Verb][] => verbs.map((verb) => [verb.name, verb]);

async function failureOf(verb: Verb, body: unknown, status = 200): Promise<AppError | null> {
  try {
    await verb.call(clientOf(verb.provider, { status, body }));
    return null;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

const REFUSALS: readonly (readonly [unknown, string, RegExp])[] = [
  [{ error: { code: 403, message: 'The role has no permission' } }, 'auth', /The role has no permission/],
  [{ error: 'quite impossible' }, 'failure', /quite impossible/],
  [{ errors: [{ message: 'quite impossible' }] }, 'failure', /quite impossible/],
  [{ success: false, error: { message: 'quite impossible' } }, 'failure', /quite impossible/],
  [{ ok: false, message: 'quite impossible' }, 'failure', /quite impossible/],
  [{ statusCode: 409, message: 'quite impossible' }, 'conflict', /quite impossible/],
  [{ status: 'error', code: 'not_found', message: 'quite impossible' }, 'not-found', /quite impossible/],
  [{ data: { error: { message: 'quite impossible' } } }, 'failure', /quite impossible/],
  [{ result: { errors: [{ message: 'quite impossible' }] }, id: null }, 'failure', /quite impossible/],
  [{ token: { error: { message: 'quite impossible' } }, requestId: 'r' }, 'failure', /quite impossible/],
  [{ data: { statusCode: 409, message: 'quite impossible' }, v: 1 }, 'conflict', /quite impossible/],
  [{ meta: { status: 409, message: 'quite impossible' }, data: null }, 'conflict', /quite impossible/],
  [[{ error: { message: 'quite impossible' } }], 'failure', /quite impossible/],
];

describe.each(named(VERBS))('%s', (_name, verb) => {
  it.each(REFUSALS)('a 200 that says %j is a refusal', async (body, code, words) => {
    const error = await failureOf(verb, body);
    expect(error?.facts).toMatchObject({ code, provider: verb.provider.id, status: 200 });
    expect(error?.message).toMatch(words);
  });

  it('never repeats the secret that a refusal in a 200 echoes', async () => {
    const error = await failureOf(verb, { error: { message: `no right for ${SECRET} here` } });
    expect(error?.message).toContain('no right for [secret] here');
  });
});

describe.each(named(VERBS.filter(({ isOptional }) => isOptional)))('%s', (_name, verb) => {
  it.each([
    'OK',
    'Deleted.',
    'Gel\u00f6scht',
    '',
    ' \n',
    '"Activated api key"',
    '{}',
    '[]',
    'null',
    'true',
    '{"deleted":true}',
  ])('is done after a 2xx with %j', async (body) => {
    for (const status of [200, 201, 202, 204]) expect(await failureOf(verb, body, status)).toBeNull();
  });

  it.each([
    '<!doctype html><title>Sign in</title>',
    '\n<html>',
    '<?xml version="1.0"?><ok/>',
    '{"deleted":tr',
    '{"a":1}{',
    '\u0001\u0002',
    'x'.repeat(5_000),
  ])('is not known to be done after %j', async (body) => {
    const error = await failureOf(verb, body);
    expect(error?.facts).toMatchObject({ code: 'unavailable', provider: verb.provider.id, status: 200 });
    expect(error?.message).toContain('proves nothing');
  });

  it('is refused in plain text', async () => {
    expect((await failureOf(verb, 'Error: no such token'))?.message).toContain('Error: no such token');
  });
});

describe.each(named(VERBS.filter(({ isOptional }) => !isOptional)))('%s', (_name, verb) => {
  it.each(['OK', '<html>'])('needs an answer, and %j is none', async (body) => {
    expect((await failureOf(verb, body))?.facts).toMatchObject({ provider: verb.provider.id });
  });
});

it('an error of the network names the provider', async () => {
  const transport = new FakeTransport(() => {
    throw new AppError({ code: 'unavailable', message: 'the network is gone' });
  });
  const client = new Client({ ...clientOf(devo, { body: null }).connection }, transport);
  await expect(client.call(devo.probe, undefined)).rejects.toMatchObject({
    facts: { provider: 'devo', message: 'the network is gone' },
  });
});

it('a refusal in plain text is quoted', async () => {
  const client = clientOf(devo, { status: 403, body: 'The domain is locked' });
  await expect(client.call(devo.probe, undefined)).rejects.toMatchObject({
    message: expect.stringContaining('"The domain is locked"'),
  });
});
