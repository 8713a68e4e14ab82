import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../../src/sandbox/assumptions.ts';
import { setUp } from './support.ts';

describe('Bluebricks', () => {
  function bluebricks(assumptions: Partial<Assumptions> = {}) {
    const it = setUp({ assumptions });
    const bearer = it.login('bluebricks').secret;
    const create = (body?: object) =>
      it.send('POST', '/api/v1/auth/key', { bearer, ...(body === undefined ? {} : { body }) });
    const list = (query = '') => it.send('GET', `/api/v1/auth/keys${query}`, { bearer });
    const names = (query: string) => list(query).body.list.map((key: { name: string }) => key.name);
    return { ...it, create, list, names };
  }

  test('sorts by name and by time, with the order in either case', () => {
    const { create, names } = bluebricks();
    for (const name of ['b', 'c', 'a']) create({ name });
    for (const order of ['asc', 'ASC', 'Asc']) {
      expect(names(`?order=${order}`)).toEqual(['b', 'c', 'a']);
      expect(names(`?order=${order}&sort=name`)).toEqual(['a', 'b', 'c']);
    }
    expect(names('?order=DESC&sort=created_at')).toEqual(['a', 'c', 'b']);
    expect(names('?sort=name&limit=2')).toEqual(['c', 'b']);
  });

  test('can call an empty list a key that is not found', () => {
    const { create, list } = bluebricks({ bluebricksEmptyList: '404' });
    expect(list()).toMatchObject({
      status: 404,
      body: { statusCode: 404, message: 'Key not found in organization' },
    });
    create({ name: 'ci' });
    expect(list().body.total).toBe(1);
  });

  test.each([
    ['null', null],
    ['empty', ''],
  ] as const)('can make keys whose name is %s, as many as wanted', (bluebricksNameless, name) => {
    const { create, list, sandbox, send } = bluebricks({ bluebricksNameless });
    const { api_key } = create().body;
    expect(create({}).status).toBe(200);
    sandbox.load(sandbox.save());
    expect(list().body).toMatchObject({ total: 2, list: [{ name }, { name }] });
    expect(send('GET', '/api/v1/environments', { bearer: api_key }).status).toBe(200);
  });

  test('names its largest page where more is asked for', () => {
    const { list } = bluebricks({ bluebricksLimitMax: 50 });
    expect(list('?limit=100')).toMatchObject({
      status: 400,
      body: { message: 'limit must not be greater than 50' },
    });
    expect(list('?limit=50').status).toBe(200);
  });
});
