import { describe, expect, it } from 'vitest';
import { resultsReport, throwIfSingleFailure } from '../../../src/cli/documents/change-report.ts';
import { many, said } from '../../../src/cli/documents/document.ts';
import { planDocument } from '../../../src/cli/documents/plan.ts';
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
        provider: 'fake',
        profile: 'acme',
        result: 'revoked',
        status: null,
        message: null,
        hint: null,
        outcome: 'done',
        attempt: null,
        dueAt: null,
        old: null,
      },
      {
        reference: 'b',
        id: null,
        name: null,
        provider: 'fake',
        profile: 'acme',
        result: 'not-found',
        status: null,
        message: 'it is not-found',
        hint: 'do that',
        outcome: 'failed',
        attempt: null,
        dueAt: null,
        old: null,
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
    const base = { schema: 's', key: 'k', columns: [], empty: 'nothing is saved yet' };
    expect(many({ ...base, items: [] }).notes?.()).toEqual(['nothing is saved yet']);
    expect(many({ ...base, items: [{ a: 1 }] }).notes?.()).toEqual([]);
  });

  it('plans number their steps for people, name them for programs, and say that they are plans', async () => {
    const report = planDocument({ provider: 'fake', profile: null }, [
      { step: 'issue', what: 'a', call: 'GET x' },
      { step: 'print', what: 'b' },
    ]);
    expect(report.head).toEqual({ provider: 'fake', profile: null, dryRun: true });
    const items = await itemsOf(report);
    expect(items).toEqual([
      { token: null, step: 'issue', what: 'a', call: 'GET x', undo: null },
      { token: null, step: 'print', what: 'b', call: null, undo: null },
    ]);
    expect(items.map((item) => report.lines?.(item))).toEqual(['1. a\n   GET x', '2. b']);
  });
});

it('what is done has a line for people and a document', () => {
  const columns = [{ title: 'A', field: 'a', kind: 'text' }] as const;
  expect(said({ shape: 'one', schema: 's/1', data: { a: 1 }, key: 'a', columns }, 'done')).toEqual({
    shape: 'one',
    schema: 's/1',
    data: { a: 1 },
    lines: ['done'],
  });
});
