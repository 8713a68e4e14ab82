import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AppError } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { errorJson, errorText } from '../../../src/output/errors.ts';
import { present } from '../../../src/output/present.ts';
import { FORMATS, type Format, type Report } from '../../../src/output/report.ts';
import { readOutput } from '../../support/runner-model.ts';

/** Each is a command of some runner if it is printed as it is. */
const PAYLOADS = [
  '::add-mask::x',
  '  ::stop-commands::t',
  '\u00a0\u3000::set-output name=token::evil',
  '\n::error::boo',
  'a\r::error::boo',
  'long enough to be folded by whoever folds long lines of text\n::warning::x\n  ##[group]y',
  ':\u00ad:debug::x',
  ':\u0301:debug::x',
  '\ufe0f::debug::x',
  'report ##[stop-commands]q7Zk2',
  '##[set-output name=token]attacker',
  '#\u200b#[group]x',
  '##\ufe0f[group]x',
  '##\u0301[group]x',
  '#\ufe0f\u20e3#\ufe0f\u20e3[group]x',
  '##[[group]]##[x]',
  '###[error]x',
  '##vso[task.prependpath]/tmp/evil',
  'x ##VSO[task.setvariable variable=a]b',
  "##teamcity[message text='x']",
  '##TeamCity[x]',
  'section_start:1700000000:x\r\u001b[0K',
  'section_end:1700000000:x',
  'travis_fold:start:x',
  '--- x',
  '+++ x',
  '~~~ x',
  '^^^ +++',
  '---',
  '"::error::x',
  "'::error::x",
  '- ::error::x',
  '\\n::error::x',
  '\u2028::error::x',
  '\u0085::error::x',
];

const COLUMNS = [
  { title: '', field: 'inUse', kind: 'mark' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'STATUS', field: 'status', kind: 'status' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'MORE', field: 'more', kind: 'text' },
] as const;

/** Wherever somebody else's text can stand in a record. */
function recordOf(text: string): JsonObject {
  return {
    inUse: false,
    name: text,
    id: text,
    status: text,
    scopes: [text, [text]],
    expiresAt: text,
    more: { [text]: text, deep: [text] },
  };
}

async function* once(items: readonly JsonObject[]): AsyncGenerator<readonly JsonObject[]> {
  yield items;
}

function reportsOf(text: string): readonly Report[] {
  const item = recordOf(text);
  const list = {
    shape: 'list',
    schema: 's/1',
    head: { profile: text },
    key: 'items',
    columns: COLUMNS,
  } as const;
  const one = {
    shape: 'one',
    schema: 's/1',
    key: 'item',
    data: { item, note: text },
    columns: COLUMNS,
  } as const;
  return [
    { ...list, pages: once([item, item]) },
    { ...list, pages: once([item]), referBy: 'name' },
    { ...list, pages: once([item]), lines: () => text },
    one,
    { ...one, lines: [text, `quoted: ${text}`] },
    { ...one, referBy: 'name' },
  ];
}

async function show(report: Report, format: Format, colour = false): Promise<string> {
  let text = '';
  for await (const piece of present(report, { format, colour, width: 400, now: 0 })) text += piece;
  return text;
}

describe.each(FORMATS)('A3 no runner obeys what somebody else wrote: -o %s', (format) => {
  it.each(PAYLOADS)('%j', async (payload) => {
    for (const text of [payload, `ci ${payload}`, `${payload} x`, ` ${payload}`]) {
      for (const report of reportsOf(text)) expect(readOutput(await show(report, format))).toEqual([]);
      for (const report of reportsOf(text)) expect(readOutput(await show(report, format, true))).toEqual([]);
    }
  });
});

describe('A3 errors', () => {
  it.each(PAYLOADS)('%j', (text) => {
    const facts = { code: 'failure', message: text, hint: text, provider: text, requestId: text } as const;
    const error = new AppError({ ...facts, operation: text, id: text, profile: text, next: text });
    expect(readOutput(errorText(error))).toEqual([]);
    expect(readOutput(errorJson(error))).toEqual([]);
    expect(JSON.parse(errorJson(error)).error).toMatchObject({ ...facts, next: text });
  });
});

describe('A3 documents read back as what was written', () => {
  const fragments = [
    '##',
    '#',
    '[',
    ']',
    '::',
    ':',
    'vso',
    'add-mask',
    '--- ',
    '\n',
    '"',
    "'",
    '\\',
    ' ',
    '\u00ad',
  ];
  const more = [
    '\ufe0f',
    '\u0301',
    '#',
    '\u00a0',
    '- ',
    '? ',
    '{',
    ',',
    '&a',
    '!',
    '%',
    '|',
    '>',
    '\u{e0041}',
  ];

  const expectSame = async (text: string) => {
    const data = { item: recordOf(text), [text]: [text] };
    const report: Report = { shape: 'one', schema: 's/1', key: 'item', data };
    const json = await show(report, 'json');
    const yaml = await show(report, 'yaml');
    expect(JSON.parse(json)).toEqual({ schema: 's/1', ...data });
    expect(parse(yaml)).toEqual({ schema: 's/1', ...data });
    expect(readOutput(json + yaml)).toEqual([]);
  };

  it.each(PAYLOADS)('%j', (text) => expectSame(text));

  it('whatever they are made of', async () => {
    const text = fc.array(fc.constantFrom(...fragments, ...more, 'x'), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(text, (parts) => expectSame(parts.join(''))),
      { numRuns: 150 },
    );
  });
});

describe('A3 tsv', () => {
  it('keeps one field a column, and no formula for a spreadsheet', async () => {
    for (const name of ["=cmd|' /C calc'!A0", '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', ' =1', ...PAYLOADS]) {
      const [report] = reportsOf(name);
      const [line = ''] = report ? (await show(report, 'tsv')).split('\n') : [];
      const fields = line.split('\t');
      expect(fields).toHaveLength(COLUMNS.length);
      for (const field of fields) expect(field).not.toMatch(/^\s*[=@]|^\s*[+-]\D/);
    }
  });
});
