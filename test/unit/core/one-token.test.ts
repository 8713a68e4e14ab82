import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { lookAt } from '../../../src/core/confirm-end.ts';
import { readToken } from '../../../src/core/one-token.ts';
import { AppError } from '../../../src/domain/errors.ts';
import {
  type Answer,
  FakeClock,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  tokenOf,
} from '../../support/fakes.ts';

const TARGET = { id: 'a', name: null };

interface World {
  /** What the call for one token answers for any id; `works` for a server that has the call. */
  readonly one: number | 'works' | 'works, but not for this';
  readonly listed: readonly string[] | number;
  readonly isCut?: boolean;
}

function worldOf({ one, listed, isCut = false }: World) {
  const transport = new FakeTransport(({ path }): Answer => {
    if (path === '/tokens') {
      if (typeof listed === 'number') return { status: listed, body: {} };
      const obstacle = isCut ? { obstacle: 'the rest was not sent' } : {};
      return { body: { items: listed.map((id) => tokenOf(id)), ...obstacle } };
    }
    const id = path.replace('/tokens/', '');
    if (typeof one === 'number') return { status: one, body: {} };
    if (one === 'works, but not for this' && id === 'a') return { status: 404, body: {} };
    return { body: { item: tokenOf(id) } };
  });
  return { client: new Client(fakeConnection(fakeProvider()), transport), transport };
}

describe('a token is asked for by its id', () => {
  it.each<[string, World, 'there' | 'gone' | 'open', string]>([
    ['the call shows it', { one: 'works', listed: [] }, 'there', 'on'],
    ['404, and the list has not got it', { one: 404, listed: ['b'] }, 'gone', 'gone'],
    ['404, and the list is empty', { one: 404, listed: [] }, 'gone', 'gone'],
    ['404 for every token, and the list shows it', { one: 404, listed: ['a', 'b'] }, 'there', 'on'],
    ['404 for every token, and the list shows it alone', { one: 404, listed: ['a'] }, 'there', 'on'],
    ['405, and the list shows it', { one: 405, listed: ['a', 'b'] }, 'there', 'on'],
    ['501, and the list shows it', { one: 501, listed: ['a', 'b'] }, 'there', 'on'],
    ['405, and the list has not got it', { one: 405, listed: ['b'] }, 'gone', 'gone'],
    [
      '404 for this one, and a list that lags',
      { one: 'works, but not for this', listed: ['a', 'b'] },
      'gone',
      'gone',
    ],
    [
      '404 for this one, and a list that is cut',
      { one: 'works, but not for this', listed: ['b'], isCut: true },
      'gone',
      'gone',
    ],
    ['404, and a list that is cut', { one: 404, listed: ['b'], isCut: true }, 'open', 'unknown'],
    ['405, and a list that is cut', { one: 405, listed: ['b'], isCut: true }, 'open', 'unknown'],
    ['404, and no list', { one: 404, listed: 404 }, 'open', 'unknown'],
    ['404, and a list that is down', { one: 404, listed: 500 }, 'open', 'unknown'],
    ['410 needs no list', { one: 410, listed: 500 }, 'gone', 'gone'],
    ['another refusal is none', { one: 500, listed: ['a'] }, 'open', 'unknown'],
  ])('%s', async (_, world, expected, seen) => {
    const { client } = worldOf(world);
    const read = await readToken(client, TARGET).catch((error: unknown) => {
      if (error instanceof AppError) return 'open';
      throw error;
    });
    expect(read === 'open' ? 'open' : read === null ? 'gone' : 'there').toBe(expected);
    expect((await lookAt({ client: worldOf(world).client, clock: new FakeClock() }, TARGET)).seen).toBe(seen);
  });

  it('with one request where the call works', async () => {
    const { client, transport } = worldOf({ one: 'works', listed: ['a'] });
    await readToken(client, TARGET);
    expect(transport.lines).toEqual(['GET /tokens/a']);
  });
});
