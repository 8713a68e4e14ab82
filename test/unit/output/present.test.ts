import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AppError } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { present } from '../../../src/output/present.ts';
import type { Column, Format, ListReport, OneReport, Report } from '../../../src/output/report.ts';
import { FORMATS } from '../../../src/output/report.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

const COLUMNS: readonly Column[] = [
  { title: '', field: 'inUse', kind: 'mark' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'STATUS', field: 'status', kind: 'status' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
];

const CI: JsonObject = {
  inUse: true,
  id: 'mt_1',
  name: 'ci',
  status: 'active',
  scopes: ['org.read', 'org.admin'],
  expiresAt: '2026-11-24T12:00:00Z',
};
const OLD: JsonObject = {
  inUse: false,
  id: 'mt_2',
  name: null,
  status: 'expired',
  scopes: null,
  expiresAt: null,
};

function list(pages: readonly (readonly JsonObject[])[], more: Partial<ListReport> = {}): ListReport {
  return {
    shape: 'list',
    schema: 'keyturn.tokens/1',
    head: { provider: 'errova', profile: null },
    key: 'tokens',
    columns: COLUMNS,
    pages: (async function* () {
      yield* pages;
    })(),
    ...more,
  };
}

function one(more: Partial<OneReport> = {}): OneReport {
  return {
    shape: 'one',
    schema: 'keyturn.token/1',
    data: { provider: 'errova', token: CI },
    key: 'token',
    columns: COLUMNS,
    lines: ['done'],
    ...more,
  };
}

async function show(
  report: Report,
  format: Format,
  more: { colour?: boolean; width?: number } = {},
): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of present(report, { format, colour: false, width: 100, now: NOW, ...more }))
    pieces.push(piece);
  return pieces.join('');
}

describe('a date that cannot be read', () => {
  const odd = { ...CI, expiresAt: null, unreadable: { expiresAt: '5.12.2026\u001b' } };

  it.each(['human', 'tsv'] as const)('is shown as such in %s, in a list and alone', async (format) => {
    const shown = 'unreadable: 5.12.2026\\x1b';
    expect(await show(list([[odd]]), format)).toContain(shown);
    expect(await show(one({ data: { token: odd } }), format)).toContain(shown);
  });

  it('is null in documents, with its text beside it', async () => {
    const { tokens } = JSON.parse(await show(list([[odd]]), 'json'));
    expect(tokens).toMatchObject([{ expiresAt: null, unreadable: { expiresAt: '5.12.2026\u001b' } }]);
  });
});

it('times are counted from the instant at which they are shown, not from that of the request', async () => {
  let now = NOW;
  const used = { ...CI, expiresAt: '2026-11-22T12:02:00Z' };
  const pages = (async function* () {
    now += 60_000 * 5;
    yield [used];
  })();
  const report = list([], { pages });
  const pieces: string[] = [];
  const how = {
    format: 'human' as const,
    colour: false,
    width: 100,
    get now() {
      return now;
    },
  };
  for await (const piece of present(report, how)) pieces.push(piece);
  expect(pieces.join('')).toContain('3 minutes ago');
});

describe('a list', () => {
  const pages = () => list([[CI], [], [OLD]]);

  it('for a person is a table', async () => {
    expect(await show(pages(), 'human')).toBe(
      [
        '   ID    NAME  STATUS   SCOPES              EXPIRES',
        '*  mt_1  ci    active   org.read org.admin  in 2 days',
        '   mt_2  –     expired  –                   –',
        '',
      ].join('\n'),
    );
  });

  it('as tsv is exact, without a header, what it is called first', async () => {
    expect(await show(pages(), 'tsv')).toBe(
      'mt_1\tci\tactive\torg.read org.admin\t2026-11-24T12:00:00Z\ttrue\nmt_2\t\texpired\t\t\tfalse\n',
    );
  });

  it('as JSON and YAML is one document', async () => {
    const document = { schema: 'keyturn.tokens/1', provider: 'errova', profile: null, tokens: [CI, OLD] };
    expect(JSON.parse(await show(pages(), 'json'))).toEqual(document);
    expect(parse(await show(pages(), 'yaml'))).toEqual(document);
  });

  it('as ndjson is a record a line', async () => {
    const lines = (await show(pages(), 'ndjson')).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual([CI, OLD]);
  });

  it('by name is a reference a line, and nothing for what has none', async () => {
    expect(await show(pages(), 'name')).toBe('id:mt_1\nid:mt_2\n');
    const items = [{ id: 'mt_1', name: 'ci' }, { name: 'acme' }, { id: null, name: null }, { step: 1 }];
    expect(await show(list([items]), 'name')).toBe('id:mt_1\nacme\n');
    expect(await show(list([items], { referBy: 'name' }), 'name')).toBe('ci\nacme\n');
  });

  it('that is empty is nothing, or an empty document', async () => {
    for (const format of ['human', 'tsv', 'ndjson', 'name'] as const)
      expect(await show(list([]), format)).toBe('');
    expect(JSON.parse(await show(list([[]]), 'json'))).toMatchObject({ tokens: [] });
    expect(parse(await show(list([]), 'yaml'))).toMatchObject({ tokens: [] });
  });

  it('may be told in lines instead of a table, which a terminal acts on nothing in', async () => {
    const report = list([[CI, OLD]], { lines: (item) => `${String(item['id'])}:\n \u001b[2J` });
    expect(await show(report, 'human')).toBe('mt_1:\n \\x1b[2J\nmt_2:\n \\x1b[2J\n');
  });
});

describe('one record', () => {
  it('for a person is lines, then what there is', async () => {
    expect(await show(one(), 'human')).toBe(
      [
        'done',
        'in use   true',
        'id       mt_1',
        'name     ci',
        'status   active',
        'scopes   org.read org.admin',
        'expires  2026-11-24T12:00:00Z (in 2 days)',
        '',
      ].join('\n'),
    );
    expect(await show(one({ data: { token: OLD }, lines: [] }), 'human')).toBe(
      'id       mt_2\nstatus   expired\n',
    );
  });

  it('in the other formats is the record alone', async () => {
    expect(await show(one(), 'tsv')).toBe(
      'mt_1\tci\tactive\torg.read org.admin\t2026-11-24T12:00:00Z\ttrue\n',
    );
    expect(await show(one(), 'name')).toBe('id:mt_1\n');
    expect(await show(one({ referBy: 'name' }), 'name')).toBe('ci\n');
    const document = { schema: 'keyturn.token/1', provider: 'errova', token: CI };
    expect(JSON.parse(await show(one(), 'json'))).toEqual(document);
    expect(parse(await show(one(), 'yaml'))).toEqual(document);
    expect(await show(one(), 'ndjson')).toBe(`${JSON.stringify(document)}\n`);
  });

  it('told only in words has no words in the other formats', async () => {
    const done: OneReport = {
      shape: 'one',
      schema: 'keyturn.logout/1',
      data: { revoked: true },
      lines: ['a\nb\u0007'],
    };
    expect(await show(done, 'human')).toBe('a\nb\\x07\n');
    expect(await show(done, 'tsv')).toBe('');
    expect(await show(done, 'name')).toBe('');
    expect(JSON.parse(await show(done, 'json'))).toEqual({ schema: 'keyturn.logout/1', revoked: true });
  });
});

describe('text, and what was written already', () => {
  it.each(FORMATS)('as %s is as it is', async (format) => {
    expect(await show({ shape: 'text', text: 'kt_\u001b canary\n' }, format)).toBe('kt_\u001b canary\n');
    expect(await show({ shape: 'written' }, format)).toBe('');
  });
});

describe('pages', () => {
  /** Pages that remember how many were asked for. */
  function watched(failAt = 99) {
    const asked: number[] = [];
    const pages = (async function* () {
      for (let page = 1; page <= 3; page += 1) {
        asked.push(page);
        if (page === failAt) throw new AppError({ code: 'unavailable', message: 'the connection broke' });
        yield [{ ...CI, id: `mt_${page}` }];
      }
    })();
    return { asked, report: list([], { pages }) };
  }

  it.each(['ndjson', 'tsv', 'name'] as const)(
    'of %s are written before the next one is asked for',
    async (format) => {
      const { asked, report } = watched();
      const pieces = present(report, { format, colour: false, width: 80, now: NOW });
      for (const page of [1, 2, 3]) {
        expect((await pieces.next()).value).toContain(`mt_${page}`);
        expect(asked).toEqual([1, 2, 3].slice(0, page));
      }
      expect((await pieces.next()).done).toBe(true);
    },
  );

  it.each(['ndjson', 'tsv', 'name'] as const)(
    'of %s are not asked for any more when the reader goes away',
    async (format) => {
      const { asked, report } = watched();
      for await (const _ of present(report, { format, colour: false, width: 80, now: NOW })) break;
      expect(asked).toEqual([1]);
    },
  );

  it.each(FORMATS)(
    'that fail in the middle fail the whole, and no half document is written: %s',
    async (format) => {
      const { report } = watched(2);
      const pieces: string[] = [];
      const work = (async () => {
        for await (const piece of present(report, { format, colour: false, width: 80, now: NOW }))
          pieces.push(piece);
      })();
      await expect(work).rejects.toMatchObject({ code: 'unavailable' });
      const streamed = format === 'ndjson' || format === 'tsv' || format === 'name';
      expect(pieces).toHaveLength(streamed ? 1 : 0);
    },
  );
});

describe('what a provider wrote', () => {
  const nasty = '\u001b]52;c;x\u0007\u009b31m\u202e\u200b\u2028\r\n\ta\u{e0041}"\\end';
  const report = () => list([[{ ...CI, name: nasty, scopes: [nasty] }]]);
  const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u{e0000}-\u{e007f}]/u;

  it.each(FORMATS)('does nothing to a terminal as %s', async (format) => {
    expect(await show(report(), format)).not.toMatch(dangerous);
    expect(await show(one({ data: { token: { ...CI, name: nasty } }, lines: [nasty] }), format)).not.toMatch(
      dangerous,
    );
  });

  it('keeps a record of tsv on one line, in its fields', async () => {
    const lines = (await show(report(), 'tsv')).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]?.split('\t')).toHaveLength(COLUMNS.length);
  });

  it('comes back unchanged from JSON, ndjson and YAML', async () => {
    const item = fc.record({
      id: fc.string({ unit: 'binary' }),
      name: fc.option(fc.string({ unit: 'grapheme' })),
      scopes: fc.array(
        fc.constantFrom(nasty, 'NO', '0o7', '1e3', '', ' ', '- a', '# x', '"', '\n', '\u0085', '🔑', '<<'),
      ),
      n: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(item, async (data) => {
        const expected = { schema: 's', item: JSON.parse(JSON.stringify(data)) };
        const reported: OneReport = { shape: 'one', schema: 's', data: { item: data } };
        expect(JSON.parse(await show(reported, 'json'))).toEqual(expected);
        expect(JSON.parse(await show(reported, 'ndjson'))).toEqual(expected);
        expect(parse(await show(reported, 'yaml'))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('may hold objects and numbers', async () => {
    const items = [{ ...CI, name: { a: [1, '\u001b'] }, scopes: [1, true, null], status: 3 }];
    expect(await show(list([items]), 'tsv')).toBe(
      'mt_1\t{"a":[1,"\\u001b"]}\t3\t1 true \t2026-11-24T12:00:00Z\ttrue\n',
    );
  });
});

describe('a secret in a report', () => {
  const SECRET = 'kt_canary_0123456789';
  const report = one({
    data: { token: CI, tokenSecret: Secret.of(SECRET), answers: [{ body: Secret.of(SECRET) }] },
  });

  it('is hidden in the report itself', () => {
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  it.each(['json', 'yaml', 'ndjson'] as const)('is written in the document: %s', async (format) => {
    expect(parse(await show(report, format))).toMatchObject({
      tokenSecret: SECRET,
      answers: [{ body: SECRET }],
    });
  });

  it.each(['human', 'tsv', 'name'] as const)('is no part of the lines: %s', async (format) => {
    const shown = one({ data: { token: CI, tokenSecret: Secret.of(SECRET) } });
    expect(await show(shown, format)).not.toContain(SECRET);
  });

  it('is the whole product, with the newline that is asked for', async () => {
    const text = Secret.of(SECRET);
    expect(await show({ shape: 'text', text, newline: true }, 'human')).toBe(`${SECRET}\n`);
    expect(await show({ shape: 'text', text }, 'human')).toBe(SECRET);
  });
});

it('an object in a cell is its fields, named', async () => {
  const columns: Column[] = [
    { title: 'SETTINGS', field: 'settings', kind: 'list', pairs: '=' },
    { title: 'SOURCES', field: 'sources', kind: 'list', pairs: ':' },
  ];
  const data = { settings: { region: 'us', domain: 'acme' }, sources: { profile: 'current profile' } };
  const flat: OneReport = { shape: 'one', schema: 's', data, columns };
  expect(await show(flat, 'tsv')).toBe('region=us domain=acme\tprofile:current-profile\n');
  expect(await show(flat, 'human')).toContain('region=us domain=acme');
});
