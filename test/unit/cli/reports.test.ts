import { describe, expect, it } from 'vitest';
import { resultsReport, throwIfSingleFailure } from '../../../src/cli/change-report.ts';
import { doneReport, listReport, planReport } from '../../../src/cli/reports.ts';
import type { ChangeResult } from '../../../src/core/change-tokens.ts';
import { Client } from '../../../src/core/client.ts';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { ListReport } from '../../../src/output/report.ts';
import { FakeTransport, fakeProvider, ORIGIN, tokenOf } from '../../support/fakes.ts';

const provider = fakeProvider();
const client = new Client(
  {
    provider,
    profile: 'acme',
    settings: {},
    origin: ORIGIN,
    auth: provider.auth[0],
    secret: Secret.of('x'),
    credentialName: null,
    tokenId: null,
  },
  new FakeTransport(() => ({})),
);

function result(reference: string, code: ErrorCode | null): ChangeResult {
  const error = code === null ? null : new AppError({ code, message: `it is ${code}`, hint: 'do that' });
  return { reference, token: error ? null : { ...tokenOf(reference), inUse: false }, error };
}

async function itemsOf(report: ListReport): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for await (const page of report.pages) items.push(...page);
  return items;
}

describe('results', () => {
  it.each<[string, readonly (ErrorCode | null)[], ErrorCode | undefined]>([
    ['all well', [null, null], undefined],
    ['some failed', [null, 'not-found'], 'partial'],
    ['all failed alike', ['not-found', 'not-found'], 'not-found'],
    ['all failed, each in its way', ['not-found', 'conflict'], 'partial'],
    ['none', [], undefined],
  ])('%s', (_, codes, exit) => {
    expect(
      resultsReport(
        client,
        'revoke',
        codes.map((code, index) => result(`r${index}`, code)),
      ).exit?.(),
    ).toBe(exit);
  });

  it('tell what became of each', async () => {
    const report = resultsReport(client, 'revoke', [result('a', null), result('b', 'not-found')]);
    expect(report.head).toEqual({ provider: 'fake', profile: 'acme', verb: 'revoke' });
    expect(await itemsOf(report)).toEqual([
      {
        reference: 'a',
        id: 'a',
        name: 'name-a',
        result: 'revoked',
        status: null,
        message: null,
        hint: null,
        outcome: 'done',
      },
      {
        reference: 'b',
        id: null,
        name: null,
        result: 'not-found',
        status: null,
        message: 'it is not-found',
        hint: 'do that',
        outcome: 'failed',
      },
    ]);
    expect(report.notes?.()).toEqual(['1 done, 1 failed ("b"), 0 unknown, 0 skipped at Fake, profile acme']);
  });

  it.each([
    ['revoke', 'revoked'],
    ['delete', 'deleted'],
    ['enable', 'enabled'],
    ['disable', 'disabled'],
  ] as const)('one %s is one sentence, with the vendor and the profile', async (verb, word) => {
    const report = resultsReport(client, verb, [result('a', null)]);
    const [item] = await itemsOf(report);
    const sentence = `${word} "name-a" (id a) at Fake, profile acme`;
    expect([item && report.lines?.(item), report.said]).toEqual([sentence, [sentence]]);
    expect(report.notes?.()).toEqual([]);
  });

  it('one failure alone is an error like any other', () => {
    expect(() => throwIfSingleFailure([result('a', 'auth')])).toThrow(
      expect.objectContaining({ code: 'auth' }),
    );
    throwIfSingleFailure([result('a', 'auth'), result('b', 'auth')]);
    throwIfSingleFailure([result('a', null)]);
    throwIfSingleFailure([]);
  });
});

describe('lists', () => {
  it('say on stderr that they are empty', () => {
    const base = { schema: 's', key: 'k', columns: [], empty: 'nothing is kept yet' };
    expect(listReport({ ...base, items: [] }).notes?.()).toEqual(['nothing is kept yet']);
    expect(listReport({ ...base, items: [{ a: 1 }] }).notes?.()).toEqual([]);
  });

  it('plans number their steps, and say that they are plans', async () => {
    const report = planReport([{ what: 'a', call: 'GET x' }, { what: 'b' }], { provider: 'fake' });
    expect(report.head).toEqual({ provider: 'fake', dryRun: true });
    expect(await itemsOf(report)).toEqual([
      { step: 1, what: 'a', call: 'GET x' },
      { step: 2, what: 'b', call: null },
    ]);
  });
});

it('what is done has a line for people and a document', () => {
  expect(doneReport('s/1', { a: 1 }, 'done', { notes: ['n'] })).toEqual({
    shape: 'one',
    schema: 's/1',
    data: { a: 1 },
    lines: ['done'],
    notes: ['n'],
  });
});
