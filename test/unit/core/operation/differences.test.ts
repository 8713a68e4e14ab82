import { describe, expect, test } from 'vitest';
import { createToken } from '../../../../src/core/create/token.ts';
import { findDifferences } from '../../../../src/domain/differences.ts';
import { toInstant } from '../../../../src/domain/time.ts';
import { answering, calling } from '../../../support/sim-answers.ts';
import { START, specOptions } from '../../../support/sim-base.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import type { Mutation } from '../../../support/sim-machine.ts';
import { CREATIONS, rotationOf } from '../../../support/sim-scenarios.ts';

const END = '2026-12-24T18:00:00Z';
const ASKED = { name: 'ci', scopes: ['a', 'b'], expiresAt: END };
const GIVEN = { name: 'ci', scopes: ['a', 'b'], expiresAt: END };

describe('what was given is compared with what was asked for', () => {
  test.each([
    ['the same', {}],
    ['scopes in another order, twice', { scopes: ['b', 'a', 'b'] }],
    ['the same minute', { expiresAt: '2026-12-24T18:00:59Z' }],
    ['cut to the second', { expiresAt: '2026-12-24T17:59:59.500Z' }],
    ['scopes and name are not told', { scopes: null, name: null }],
  ])('%s: no difference', (_, given) => {
    expect(findDifferences(ASKED, { ...GIVEN, ...given })).toEqual([]);
  });

  test.each([
    ['no end', { expiresAt: null }, 'expiresAt', /never ends/],
    ['another end', { expiresAt: '2027-12-24T18:00:00Z' }, 'expiresAt', /ends at 2027-12-24/],
    ['rounded to a day', { expiresAt: '2026-12-25T00:00:00Z' }, 'expiresAt', /ends at 2026-12-25/],
    [
      'an end that cannot be read',
      { expiresAt: null, unreadable: { expiresAt: 'soon' } },
      'expiresAt',
      /"soon"/,
    ],
    ['an answer without an end', { expiresAt: null, isEndUntold: true }, 'expiresAt', /names no end/],
    ['fewer scopes', { scopes: ['a'] }, 'scopes', /provider says a$/],
    ['more scopes', { scopes: ['a', 'b', 'admin'] }, 'scopes', /a b admin/],
    ['no scopes', { scopes: [] }, 'scopes', /says none/],
    ['another name', { name: 'else' }, 'name', /"else"/],
    ['a name with something added', { name: 'ci-x' }, 'name', /"ci-x"/],
    ['a name that is cut', { name: 'c' }, 'name', /"c"/],
  ])('%s', (_, given, field, text) => {
    const found = findDifferences(ASKED, { ...GIVEN, ...given });
    expect(found).toEqual([{ field, text: expect.stringMatching(text), isMinor: false }]);
  });

  test.each([' CI ', 'Ci'])('a name that is spelled "%s" is told, and stops nothing', (name) => {
    expect(findDifferences(ASKED, { ...GIVEN, name })).toMatchObject([{ field: 'name', isMinor: true }]);
  });

  test('nothing asked, nothing compared', () => {
    const asked = { name: null, scopes: [], expiresAt: null };
    expect(findDifferences(asked, { ...GIVEN, expiresAt: null })).toEqual([]);
  });

  test.each([{ expiresAt: END }, { expiresAt: null, unreadable: { expiresAt: 'soon' } }])(
    'an end that nobody asked for is told, and stops nothing (%s)',
    (given) => {
      const found = findDifferences({ ...ASKED, expiresAt: null }, { ...GIVEN, ...given });
      expect(found).toMatchObject([{ field: 'expiresAt', isMinor: true }]);
      expect(found[0]?.text).toMatch(/^asked for no end; the provider says that it ends at/);
    },
  );

  test.each([
    ['the same', { user: 'ann@x' }, { user: 'ann@x' }, null],
    ['the same in capitals', { user: 'Ann@x' }, { user: 'ann@X' }, null],
    ['words in another order', { audience: 'http apiv2' }, { audience: 'apiv2, http' }, null],
    ['not told', { user: 'ann@x' }, {}, null],
    ['told and not asked for', {}, { user: 'bob@x' }, null],
    ['another user', { user: 'ann@x' }, { user: 'bob@x' }, /user "ann@x"; the provider says "bob@x"/],
    ['another audience', { audience: 'apiv2' }, { audience: 'http' }, /audience "apiv2".*"http"/],
    ['one audience more', { audience: 'apiv2' }, { audience: 'apiv2 http' }, /"apiv2 http"/],
    [
      'another scope',
      { 'token-scope': 'account' },
      { 'token-scope': 'environment' },
      /token scope "account"/,
    ],
  ])('options of the provider: %s', (_, asked, given, text) => {
    const found = findDifferences({ ...ASKED, options: asked }, { ...GIVEN, options: given });
    if (text === null) return expect(found).toEqual([]);
    expect(found).toEqual([{ field: 'options', text: expect.stringMatching(text), isMinor: false }]);
  });
});

/** A vendor that gives another end than it was asked for. */
function ending(expiresAt: string | null): Mutation {
  const change = (body: Uint8Array): Uint8Array =>
    new TextEncoder().encode(
      new TextDecoder()
        .decode(body)
        .replace(/"expires_at":("[^"]*"|null)/g, `"expires_at":${JSON.stringify(expiresAt)}`),
    );
  const reads = calling(async (inner, endpoint, request) => {
    const reply = await inner.call(endpoint, request);
    return { ...reply, body: change(reply.body) };
  });
  const issuing = answering(change);
  return { name: 'another end', transport: (inner) => issuing.transport?.(reads(inner)) ?? inner };
}

const LATER = toInstant(START + 365 * 86_400_000);
const WANTED = toInstant(START + 90 * 86_400_000);

describe('Prefactor gives another end', () => {
  test.each([null, LATER])('a create is told of it and done (%s)', async (given) => {
    const scenario = CREATIONS.find(({ provider }) => provider === 'prefactor');
    if (!scenario) throw new Error('no scenario');
    const bench = await SimBench.of(scenario);
    const deps = await bench.machine.connect({ mutation: ending(given) });
    const options = specOptions(scenario);
    const spec = { name: null, scopes: [], expiresAt: WANTED, options, idempotencyKey: null };
    const result = await createToken(deps, {
      spec,
      delivery: { saveAs: 'new', destinations: [], print: null },
    });
    expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
    expect(result.differences).toEqual([expect.stringContaining(`asked to end at ${WANTED}`)]);
  });

  test.each([null, LATER])('a rotation stops before the old one ends (%s)', async (given) => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const mutation = ending(given);
    const overrides = { expiresAt: WANTED };
    const result = await bench.rotate({ overrides }, { mutation });
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(result.manual).toContain('--accept-differences');
    expect(bench.isLive(bench.oldId)).toBe(true);
    expect(await bench.currentId()).toBe(bench.oldId);
    expect((await bench.resume({ mutation })).kind).toBe('attention');
    const accepted = await bench.resume({ mutation, acceptDifferences: true });
    expect(accepted).toMatchObject({ kind: 'done', differences: [expect.stringContaining('asked to end')] });
    expect(bench.isLive(bench.oldId)).toBe(false);
  });

  test('a rotation that differs can be taken back', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const live = () =>
      bench.machine
        .things()
        .filter((thing) => thing.live)
        .map(({ id }) => id);
    const before = live();
    await bench.rotate({ overrides: { expiresAt: WANTED } }, { mutation: ending(LATER) });
    expect(live()).toHaveLength(before.length + 1);
    expect(await bench.abort()).toMatchObject({ kind: 'aborted', exit: 'ok' });
    expect(await bench.currentId()).toBe(bench.oldId);
    expect(live()).toEqual(before);
  });

  test('without differences there is nothing to accept', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    await bench.rotate({ graceMs: 60_000 });
    await expect(bench.resume({ acceptDifferences: true })).rejects.toMatchObject({ code: 'usage' });
  });
});

/** A vendor that makes something else than it was asked for, and shows it so. */
function giving(change: (text: string) => string): Mutation {
  const bytes = (body: Uint8Array): Uint8Array =>
    new TextEncoder().encode(change(new TextDecoder().decode(body)));
  const reads = calling(async (inner, endpoint, request) => {
    const reply = await inner.call(endpoint, request);
    return request.method === 'GET' ? { ...reply, body: bytes(reply.body) } : reply;
  });
  const issuing = answering(bytes);
  return { name: 'something else', transport: (inner) => issuing.transport?.(reads(inner)) ?? inner };
}

describe('the provider gives something else', () => {
  const OTHERS = [
    ['prefactor', /"token_scope":"account"/g, '"token_scope":"environment"', /token scope/],
    ['devo', /"audience":"[^"]*"/g, '"audience":"alerts"', /audience/],
    ['devo', /"user":"[^"]*"/g, '"user":"else@example.com"', /user/],
    ['devo', /"name":"(new|[^"]*-\d{8}-[0-9a-f]+)"/g, '"name":"$1-x"', /name/],
  ] as const;

  test.each(OTHERS)('%s: a create is told of it (%s)', async (provider, from, to, text) => {
    const scenario = CREATIONS.find((one) => one.provider === provider);
    if (!scenario) throw new Error('no scenario');
    const bench = await SimBench.of(scenario);
    const deps = await bench.machine.connect({ mutation: giving((body) => body.replace(from, to)) });
    const options = specOptions(scenario);
    const name = provider === 'prefactor' ? null : 'new';
    const scopes = provider === 'devo' ? ['table://my.app.**'] : [];
    const spec = { name, scopes, expiresAt: null, options, idempotencyKey: null };
    const result = await createToken(deps, {
      spec,
      delivery: { saveAs: 'new', destinations: [], print: null },
    });
    expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
    expect(result.differences.join()).toMatch(text);
  });

  const IN_PLACE = [
    ['label', { label: 'else' }, /name/],
    ['scopes', { scopes: [] }, /scopes/],
    ['an end', { expiresAt: '2027-12-24T18:00:00Z' }, /asked for no end/],
  ] as const;

  test.each(IN_PLACE)('in place, another %s is told, and the secret is delivered', async (_, other, text) => {
    const bench = await SimBench.of(rotationOf('errova'));
    const mutation = answering((body) =>
      new TextEncoder().encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(body)), ...other })),
    );
    const result = await bench.rotate({}, { mutation });
    expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
    expect(result.differences).toEqual([expect.stringMatching(text)]);
  });
});
