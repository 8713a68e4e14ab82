import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Token } from '../../../src/domain/token.ts';
import type { PagedApiCall } from '../../../src/ports/paging.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { type Answer, FakeTransport, fakeProvider, ORIGIN, type Sent, tokenOf } from '../../support/fakes.ts';

const SECRET = 'kt_canary_0123456789';

function rig(answer: (request: Sent) => Answer, provider: Provider = fakeProvider()) {
  const transport = new FakeTransport(answer);
  const connection = {
    provider,
    profile: 'acme',
    settings: { region: 'us' },
    origin: ORIGIN,
    auth: provider.auth[0],
    secret: Secret.of(SECRET),
    credentialName: 'acme',
    tokenId: 'mt_1',
  };
  return { client: new Client(connection, transport), transport, provider };
}

function listOf(provider: Provider): PagedApiCall<void, Token> {
  if (!provider.tokens.list) throw new Error('the fake has a list');
  return provider.tokens.list;
}

describe('call', () => {
  it('goes to the connection’s origin with its secret, and decodes the answer', async () => {
    const { client, transport, provider } = rig(() => ({ body: { account: 'acme-inc' } }));
    expect(await client.call(provider.probe, undefined)).toMatchObject({ account: 'acme-inc' });
    expect(transport.sent).toMatchObject([{ method: 'GET', path: '/me', origin: ORIGIN, secret: SECRET }]);
  });

  it('tells each request the time by its own clock, also where the connection goes on with another secret', async () => {
    const { transport, provider } = rig(() => ({ body: {} }));
    const times: (number | undefined)[] = [];
    const probe = {
      ...provider.probe,
      request: (_input: unknown, _settings: unknown, now?: number) => {
        times.push(now);
        return { method: 'GET' as const, path: '/me' };
      },
    };
    const { client } = rig(() => ({ body: {} }), provider);
    const timed = new Client(client.connection, transport, { clock: { now: () => 1_700_000_000_000 } });
    for (const each of [timed, timed.as(Secret.of(SECRET)), client]) await each.call(probe, undefined);
    expect(times).toEqual([1_700_000_000_000, 1_700_000_000_000, undefined]);
  });

  it.each([199, 300, 301, 302, 307, 308, 304, 400, 500])('%d is no answer', async (status) => {
    const { client, provider } = rig(() => ({ status, body: { account: 'acme-inc' } }));
    await expect(client.call(provider.probe, undefined)).rejects.toMatchObject({
      facts: { status, provider: 'fake' },
    });
  });

  it('a body that is no JSON is refused without a word of it', async () => {
    for (const body of [
      '<html>kt_page</html>',
      '{"a":1}<html>kt_page',
      ")]}',\n{}",
      'cb({})',
      `{"x":"${SECRET}"`,
    ]) {
      const { client, provider } = rig(() => ({ body }));
      await expect(client.call(provider.probe, undefined)).rejects.toMatchObject({
        message: expect.not.stringMatching(/kt_|cb/),
      });
    }
  });

  it('as somebody else goes to the same place with the other secret, and is no longer us', async () => {
    const { client, transport, provider } = rig(() => ({ body: {} }));
    const other = client.as(Secret.of('kt_other'));
    await other.call(provider.probe, undefined);
    expect(transport.sent).toMatchObject([{ origin: ORIGIN, secret: 'kt_other' }]);
    expect(other.connection).toMatchObject({ credentialName: null, tokenId: null, profile: 'acme' });
  });

  it('what the vendor wants another kind of credential for is not sent', async () => {
    const { client, transport, provider } = rig(() => ({ body: {} }));
    const operation = { ...provider.probe, auth: ['session'] } as const;
    await expect(client.call(operation, undefined)).rejects.toMatchObject({
      facts: { code: 'auth', hint: 'it needs an admin token' },
    });
    expect(transport.sent).toEqual([]);
  });
});

describe('pages', () => {
  const page = (ids: readonly string[], next: string | null) => ({
    body: { items: ids.map((id) => tokenOf(id)), next },
  });

  async function walk(answer: (request: Sent) => Answer) {
    const { client, transport, provider } = rig(answer);
    const seen: string[][] = [];
    const walking = (async () => {
      for await (const items of client.pages(listOf(provider), undefined))
        seen.push(items.map(({ id }) => id));
    })();
    return { walking, seen, transport };
  }

  it.each<[string, (cursor: string | undefined) => string]>([
    ['names itself as the next', (cursor) => cursor ?? 'x'],
    ['goes round in a circle', (cursor) => (cursor === 'a' ? 'b' : 'a')],
    ['goes round after a while', (cursor) => String((Number(cursor ?? 0) + 1) % 20)],
    ['gives the same page under other cursors', (cursor) => String(Number(cursor ?? 0) + 1)],
  ])('a list that %s ends, and is not whole', async (_, next) => {
    const { client, transport, provider } = rig(({ query }) => page(['t'], next(query['cursor'])));
    const listed = await client.all(listOf(provider), undefined);
    expect(listed).toMatchObject({ whole: false, why: 'the provider gives the same page again' });
    expect(listed.items.map(({ id }) => id)).toEqual(['t']);
    expect(transport.sent.length).toBeLessThan(4);
  });

  it('a cursor that comes a second time ends the list, whatever the pages hold', async () => {
    let count = 0;
    const { client, transport, provider } = rig(({ query }) =>
      page([`t${count++}`], query['cursor'] === 'a' ? 'b' : 'a'),
    );
    expect(await client.all(listOf(provider), undefined)).toMatchObject({ whole: false });
    expect(transport.sent).toHaveLength(3);
  });

  it('the second empty page ends a list, whatever comes next', async () => {
    const { client, transport, provider } = rig(({ query }) =>
      page(query['cursor'] ? [] : ['t'], String(Number(query['cursor'] ?? 0) + 100)),
    );
    expect(await client.all(listOf(provider), undefined)).toMatchObject({ whole: true, why: null });
    expect(transport.sent).toHaveLength(3);
  });

  it('a second empty page with an opaque cursor ends a list that is not whole', async () => {
    const { client, transport, provider } = rig(({ query }) =>
      page(query['cursor'] ? [] : ['t'], `c${String(query['cursor'] ?? '')}`),
    );
    const why = 'the provider gives empty pages, and says that more follow';
    expect(await client.all(listOf(provider), undefined)).toMatchObject({ whole: false, why });
    expect(transport.sent).toHaveLength(3);
  });

  it('a list that is always new stops after 10,000 pages', async () => {
    const { client, transport, provider } = rig(({ query }) => {
      const at = Number(query['cursor'] ?? 0);
      return page([`t${at}`], String(at + 1));
    });
    expect(await client.all(listOf(provider), undefined)).toMatchObject({ whole: false });
    expect(transport.sent).toHaveLength(10_000);
  });

  it.each([
    ['a total that is not reached', { total: 5 }, 'the provider counts 5 and gave 1'],
    ['an obstacle', { obstacle: 'it says so' }, 'it says so'],
    ['a record without an id', { withoutId: 1 }, '1 record without an id is not shown'],
    ['records without an id', { withoutId: 2 }, '2 records without an id are not shown'],
  ])('a list with %s is not whole', async (_, more, why) => {
    const { client, provider } = rig(() => ({ body: { items: [tokenOf('a')], next: null, ...more } }));
    expect(await client.all(listOf(provider), undefined)).toMatchObject({ whole: false, why });
  });

  it('are asked for one at a time, as they are wanted', async () => {
    const { client, transport, provider } = rig(({ query }) =>
      page([query['cursor'] ? 'u' : 't'], query['cursor'] ? null : 'x'),
    );
    const pages = client.pages(listOf(provider), undefined)[Symbol.asyncIterator]();
    await pages.next();
    expect(transport.sent).toHaveLength(1);
    await pages.next();
    expect(transport.sent).toHaveLength(2);
    expect((await pages.next()).done).toBe(true);
  });

  it('that fail in the middle keep what came before', async () => {
    const { walking, seen } = await walk(({ query }) =>
      query['cursor'] ? { status: 500, body: {} } : page(['t'], 'x'),
    );
    await expect(walking).rejects.toMatchObject({ facts: { status: 500 } });
    expect(seen).toEqual([['t']]);
  });

  it.each([
    [undefined, '100'],
    [1, '1'],
    [0, '1'],
    [-5, '1'],
    [1_000, '100'],
  ])('limit %s asks for %s', async (limit, size) => {
    const { client, transport, provider } = rig(() => page([], null));
    for await (const _ of client.pages(listOf(provider), undefined, limit === undefined ? {} : { limit }));
    expect(transport.sent[0]?.query['size']).toBe(size);
  });

  it('all tells each id once, the first of duplicates', async () => {
    const duplicates = [tokenOf('a', { name: 'first' }), tokenOf('a', { name: 'second' }), tokenOf('b')];
    const { client, provider } = rig(({ query }) => ({
      body: { items: duplicates, next: query['cursor'] ? null : 'x' },
    }));
    const { items } = await client.all(listOf(provider), undefined);
    expect(items.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'first'],
      ['b', 'name-b'],
    ]);
  });
});

describe('a refusal', () => {
  it('is told in the vendor’s words, with what support needs', async () => {
    const { client, provider } = rig(() => ({ status: 401, body: { message: 'token has expired' } }));
    await expect(client.call(provider.probe, undefined)).rejects.toMatchObject({
      facts: { code: 'auth', message: 'token has expired', provider: 'fake', status: 401, requestId: 'r-1' },
    });
  });

  it.each([
    ['the secret itself', `bad token ${SECRET}`],
    ['it twice', `${SECRET}${SECRET}`],
    ['it as a header', `Authorization: Bearer ${SECRET}`],
    ['it behind 4,000 spaces', `${' '.repeat(3_995)}${SECRET}`],
    ['it after a long text', `${'x'.repeat(3_990)} ${SECRET}`],
  ])('never repeats the secret: %s', async (_, message) => {
    const { client, provider } = rig(() => ({ status: 500, body: { message } }));
    const error: unknown = await client.call(provider.probe, undefined).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AppError);
    const told = inspect(error, { depth: 99, showHidden: true });
    for (let at = 0; at + 8 <= SECRET.length; at += 1) expect(told).not.toContain(SECRET.slice(at, at + 8));
  });

  it.each([
    ['as it is', `r-${SECRET}`],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in URL-safe base64, behind a name', Buffer.from(`u:${SECRET}`).toString('base64url')],
  ])('drops a request id that is the secret %s', async (_, requestId) => {
    const { client, provider } = rig(() => ({ status: 500, body: { message: 'no' } }));
    const spying = new Client(
      {
        ...client.connection,
        provider: { ...provider, readError: () => ({ code: 'failure', message: 'no', requestId }) },
      },
      new FakeTransport(() => ({ status: 500, body: { message: 'no' } })),
    );
    const error: unknown = await spying.call(provider.probe, undefined).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ facts: { requestId: undefined, message: 'no' } });
  });

  it.each(['', '   ', '<html>', '{"message":'])('without words (%j) tells the status', async (body) => {
    const { client, provider } = rig(() => ({ status: 503, body }));
    await expect(client.call(provider.probe, undefined)).rejects.toMatchObject({
      message: 'the provider answered 503',
    });
  });

  it('does nothing to a terminal, whatever its length', async () => {
    const message = '\u001b[2J\u202e\r\nx'.repeat(300_000);
    const { client, provider } = rig(() => ({ status: 500, body: { message } }));
    const error = await client.call(provider.probe, undefined).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringMatching(/^[\x20-\x7e…]{1,2000}$/) });
  });
});
