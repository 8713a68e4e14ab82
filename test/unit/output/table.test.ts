import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { TOKEN_COLUMNS } from '../../../src/cli/documents/columns.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Column } from '../../../src/output/report.ts';
import { createStyle } from '../../../src/output/style.ts';
import { layOut } from '../../../src/output/table.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

interface Options {
  readonly columns?: readonly Column[];
  readonly width?: number;
  readonly colour?: boolean;
}

function render(
  items: readonly JsonObject[],
  { columns = TOKEN_COLUMNS, width = 80, colour = false }: Options = {},
) {
  const table = layOut(items, { columns, width, now: NOW, style: createStyle(colour) });
  return [table.header, ...table.rows(items)].join('');
}

function token(more: JsonObject = {}): JsonObject {
  return {
    inUse: false,
    id: 'mt_0123456789',
    name: 'ci',
    status: 'active',
    scopes: ['org.read'],
    createdAt: '2026-11-01T12:00:00Z',
    expiresAt: '2026-12-22T12:00:00Z',
    lastUsedAt: null,
    createdBy: 'admin@example.com',
    ...more,
  };
}

const headerOf = (table: string) => (table.split('\n')[0] ?? '').trim().split(/ {2,}/);

describe('a table', () => {
  it('fits the width: columns that can be spared go, least wanted first', () => {
    const all = ['ID', 'NAME', 'STATUS', 'SCOPES', 'CREATED', 'EXPIRES', 'LAST USED', 'CREATED BY'];
    expect(headerOf(render([token()], { width: 200 }))).toEqual(all);
    const without = (...gone: string[]) => all.filter((title) => !gone.includes(title));
    const seen = new Set<string>();
    for (let width = 200; width >= 30; width -= 1) {
      const table = render([token()], { width });
      seen.add(headerOf(table).join());
      for (const line of table.split('\n'))
        expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(width, 40));
    }
    expect([...seen]).toEqual([
      all.join(),
      without('CREATED BY').join(),
      without('CREATED BY', 'SCOPES').join(),
      without('CREATED BY', 'SCOPES', 'CREATED').join(),
      without('CREATED BY', 'SCOPES', 'CREATED', 'LAST USED').join(),
      'ID,NAME,STATUS',
    ]);
  });

  it('cuts the widest text and says so', () => {
    const table = render([token({ name: 'x'.repeat(500) })], { width: 60 });
    expect(table).toMatch(/x{5,}… +active/);
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('lines up wide characters, emoji and combining marks', () => {
    const items = ['鍵の管理', 'e\u0301e\u0301', '🔑', '❤\ufe0f', 'plain'].map((name) => token({ name }));
    const lines = render(items, { width: 200 }).trimEnd().split('\n');
    const columns = lines.map((line) => stringWidth(line.slice(0, line.search(/STATUS|active/))));
    expect(new Set(columns).size).toBe(1);
  });

  it('holds a width bomb', () => {
    const started = performance.now();
    const table = render([token({ name: '界'.repeat(10_000) })], { width: 80 });
    expect(performance.now() - started).toBeLessThan(1_000);
    for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  it('has a line for each record, whatever is in it', () => {
    const table = render([token({ name: 'a\nb\r\nc\td' }), token({ name: '│ ─ ┼' })], { width: 120 });
    expect(table.split('\n')).toHaveLength(4);
    expect(table).toContain('a\\x0ab\\x0d\\x0ac\\x09d');
  });

  it('of 5,000 records is quick, and keeps its columns', () => {
    const items = Array.from({ length: 5_000 }, (_, index) =>
      token({ id: `mt_${String(index).padStart(6, '0')}` }),
    );
    const started = performance.now();
    const lines = render(items, { width: 100 }).trimEnd().split('\n');
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(lines).toHaveLength(5_001);
    expect(new Set(lines.slice(1).map((line) => line.indexOf('active'))).size).toBe(1);
  });

  it('has no space at the ends of lines', () => {
    expect(render([token({ createdBy: null })], { width: 200 })).not.toMatch(/ $/m);
  });
});

describe('colour', () => {
  const statuses = ['active', 'disabled', 'expired', 'revoked'];
  const items = statuses.map((status) => token({ status }));

  it('is off: not one escape', () => {
    expect(render(items)).not.toContain('\u001b');
  });

  it('is on: the status has one, the text is the same', () => {
    const coloured = render(items, { colour: true });
    expect(coloured).toContain('\u001b[32mactive\u001b[39m');
    expect(coloured).toContain('\u001b[33mdisabled\u001b[39m');
    expect(coloured).toContain('\u001b[31mexpired\u001b[39m');
    expect(coloured).toContain('\u001b[31mrevoked\u001b[39m');
    expect(coloured.replace(/\u001b\[[0-9]+m/g, '').replace(/ +$/gm, '')).toBe(render(items));
  });

  it.each([
    ['ok', 32],
    ['done', 32],
    ['nothing', 32],
    ['warning', 33],
    ['pending', 33],
    ['open', 33],
    ['unknown', 33],
    ['wrong', 31],
    ['attention', 31],
    ['failed', 31],
    ['not-found', 31],
    ['blocked', 31],
  ])('of %s is %d', (status, colour) => {
    expect(render([token({ status })], { colour: true })).toContain(`\u001b[${colour}m${status}\u001b[39m`);
  });
});
