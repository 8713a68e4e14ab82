import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/domain/errors.ts';
import { parseJsonBytes } from '../../../src/domain/parse-json.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';
import { answer, pageContext, SPEC, TARGET, TOKEN } from './support.ts';

/** Stands for a secret: it may be in a `Secret`, and in nothing that is said or shown. */
const CANARY = 'c4nary_0f343b0931126a20f133d67c2b018a3b';
const PROVIDERS = [errova, devo, prefactor, bluebricks];

interface Decoder {
  readonly name: string;
  readonly decode: (body: unknown) => unknown;
}

function decodersOf(provider: Provider): readonly Decoder[] {
  const { tokens, keys, projects } = provider;
  const page = pageContext({ taken: 90 });
  const key = { project: 'p', id: 'k1', expiresAt: '2027-01-01T00:00:00Z' };
  const named = { project: 'p', name: 'n', type: 'server_signed' } as const;
  const all: Record<string, ((body: unknown) => unknown) | undefined> = {
    create: (body) => tokens.create?.decode(body, SPEC),
    list: (body) => tokens.list?.decode(body, page),
    get: tokens.get && ((body) => tokens.get?.decode(body, TARGET)),
    rotate: tokens.rotate && ((body) => tokens.rotate?.decode(body, TARGET)),
    enable: tokens.enable && ((body) => tokens.enable?.decode(body, TARGET)),
    disable: tokens.disable && ((body) => tokens.disable?.decode(body, TARGET)),
    rename: tokens.rename && ((body) => tokens.rename?.decode(body, { ...TARGET, newName: 'n' })),
    revoke: tokens.revoke && ((body) => tokens.revoke?.decode(body, TARGET)),
    remove: tokens.remove && ((body) => tokens.remove?.decode(body, TARGET)),
    prove: tokens.prove && ((body) => tokens.prove?.decode(body, TOKEN)),
    probe: (body) => provider.probe.decode(body, undefined),
    'keys create': keys && ((body) => keys.create.decode(body, named)),
    'keys list': keys && ((body) => keys.list.decode(body, page)),
    'keys expire': keys && ((body) => keys.expire.decode(body, key)),
    'keys rotate': keys && ((body) => keys.rotate.decode(body, key)),
    'projects create':
      projects && ((body) => projects.create.decode(body, { name: 'n', platform: 'p', environment: 'e' })),
    'projects list': projects && ((body) => projects.list.decode(body, page)),
    readError: (body) => provider.readError(answer(400, body)),
  };
  return Object.entries(all).flatMap(([name, decode]) =>
    decode ? [{ name: `${provider.id} ${name}`, decode }] : [],
  );
}

const DECODERS = PROVIDERS.flatMap(decodersOf);

/** Runs the bytes through the parser and the decoders: values or `AppError`s, and the canary in neither. */
function survive(decoders: readonly Decoder[], bytes: Uint8Array): void {
  let body: unknown;
  const parsing = operation('parser', () => {
    body = parseJsonBytes(bytes);
  });
  if (parsing === 'refused') return;
  for (const { name, decode } of decoders) operation(name, () => decode(body));
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(['polluted', 'x'].some((property) => property in {})).toBe(false);
}

function operation(name: string, work: () => unknown): 'done' | 'refused' {
  let said: string;
  let end: 'done' | 'refused' = 'done';
  try {
    said = JSON.stringify(work()) ?? '';
  } catch (error) {
    if (!isAppError(error)) throw error;
    said = JSON.stringify(error.facts);
    end = 'refused';
  }
  if (said.includes('c4nary_')) throw new Error(`${name} shows the canary`);
  return end;
}

const text = (body: string): Uint8Array => new TextEncoder().encode(body);
const json = (body: unknown): Uint8Array => text(JSON.stringify(body));

/** The numbers are those of the inputs in the threat model. */
const CORPUS: readonly (readonly [string, Uint8Array])[] = [
  ['25 __proto__', text(`{"__proto__":{"polluted":1},"id":1,"token":"${CANARY}"}`)],
  ['25 __proto__ that holds the fields', text(`{"__proto__":{"id":1,"tokenSecret":"${CANARY}","list":[]}}`)],
  ['26 constructor', text('{"constructor":{"prototype":{"x":1}},"id":1}')],
  ['27 the same field twice', text(`{"token":"${CANARY}","token":"b"}`)],
  ['28 case variants', json({ Token: CANARY, token: 'b', TokenSecret: CANARY, tokenSecret: 'b' })],
  ['29 list', json([CANARY])],
  ['29 text', json(CANARY)],
  ['29 number', text('4')],
  ['29 null', text('null')],
  ['29 true', text('true')],
  ['29 empty', text('')],
  ['30 nested', text('{"data":'.repeat(100_000))],
  ['30 nested in a list', text('['.repeat(100_000))],
  ['31 one long text', json({ token: 'x'.repeat(10 * 1024 * 1024), id: 'x'.repeat(1024 * 1024) })],
  ['33 NaN', text(`{"id":NaN,"token":"${CANARY}"}`)],
  ['33 01', text(`{"id":01,"token":"${CANARY}"}`)],
  ['33 1e999', text(`{"id":1e999,"token":"${CANARY}"}`)],
  ['36 trailing comma', text(`{"token":"${CANARY}",}`)],
  ['36 comment', text(`/* ${CANARY} */{}`)],
  ['36 JSON5', text(`{token:'${CANARY}'}`)],
  ['37 UTF-16', Uint8Array.from(Buffer.from(`{"token":"${CANARY}"}`, 'utf16le'))],
  ['38 invalid UTF-8', Uint8Array.from([...text(`{"token":"${CANARY}`), 0xc3, 0x28, ...text('"}')])],
  ['39 overlong UTF-8', Uint8Array.from([...text('{"token":"'), 0xc0, 0xaf, ...text('"}')])],
  ['40 byte-order mark', text(`\uFEFF{"id":1,"token":"${CANARY}"}`)],
  ['41 followed by HTML', text(`{"token":"${CANARY}"}<html>${CANARY}</html>`)],
  ['42 NDJSON', text(`{"token":"${CANARY}"}\n{"token":"${CANARY}"}`)],
  ['43 JSONP', text(`cb({"token":"${CANARY}"})`)],
  ['44 XSSI prefix', text(`)]}',\n{"token":"${CANARY}"}`)],
  ['45 escaped secret', text('{"id":1,"token":"\\u00634nary_0f343b0931126a20f133d67c2b018a3b"}')],
  ['47 token equal to the id', json({ id: 'same', token: 'same', tokenSecret: 'same', api_key: 'same' })],
  ['two secrets', json({ id: 1, token: CANARY, tokenSecret: `${CANARY}2`, api_key: `${CANARY}3` })],
  ['secret as a field name', json({ [CANARY]: { [CANARY]: 1 }, data: { [CANARY]: CANARY } })],
  [
    'secret in unknown fields',
    json({ id: 1, plain: CANARY, nested: { secretCopy: CANARY }, list: [{ id: 1, x: CANARY }] }),
  ],
  [
    '50 two items with one id',
    json([
      { id: 1, name: 'a' },
      { id: 1, name: 'b' },
    ]),
  ],
  ['56 UTF-7', text(`+AHs-${CANARY}+AH0-`)],
  [
    '58 a long error with escapes',
    json({ message: `\u001b[2J\u001b]0;x\u0007${'e'.repeat(5 * 1024 * 1024)}` }),
  ],
];

describe('the hostile corpus', () => {
  it.each(CORPUS)('%s', (_name, bytes) => {
    survive(DECODERS, bytes);
  });

  it('32 a list of a hundred thousand', () => {
    const items = Array.from({ length: 100_000 }, (_, id) => ({ id, name: 'n', secret: CANARY }));
    const start = performance.now();
    for (const body of [items, { list: items, total: 100_000 }, { summaries: items }]) {
      const bytes = json(body);
      survive(
        DECODERS.filter(({ name }) => /tokens list| list$/.test(name)),
        bytes,
      );
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  }, 30_000);

  it('57 an error that echoes a secret by its shape', () => {
    for (const provider of PROVIDERS) {
      const body = { error: { message: `bad token bbx_${CANARY} and Bearer ${CANARY}` } };
      expect(provider.readError(answer(401, body)).message).not.toContain('c4nary');
    }
  });
});

/** A whole answer of each vendor; every field of each is replaced by every odd value. */
const WHOLE: readonly object[] = [
  {
    id: 't1',
    label: 'ci',
    scopes: ['a'],
    status: 'active',
    createdAt: '2026-01-01T00:00:00Z',
    tokenSecret: CANARY,
  },
  { id: 'k1', keyType: 'server_signed', publicKey: 'pub', expiresAt: null, secret: CANARY },
  {
    id: 7,
    name: 'ci',
    scope: 'a b',
    active: true,
    expiration: '2026-01-01T00:00:00.000+0000',
    token: CANARY,
  },
  {
    id: 'p1',
    token_scope: 'account',
    status: 'active',
    expires_at: '2026-01-01T00:00:00Z',
    available_actions: { revoke: true },
  },
  { id: 'b1', name: 'ci', is_disabled: false, created_by: { name: 'Ann' }, expiration_time: null },
];
const ODD: readonly unknown[] = [
  ...[
    null,
    '',
    ' ',
    'null',
    'undefined',
    'tk.0f343b.18a3b',
    '****',
    true,
    false,
    0,
    1,
    -1,
    1.5,
    1e308,
    [],
    {},
  ],
  ...[
    '9007199254740993',
    9007199254740992,
    '*',
    '../x',
    '1?all=true',
    'ACTIVE ',
    'false',
    '__proto__',
    'toString',
  ],
  ...[
    '0000-00-00',
    '2026-02-30',
    '2026-01-01T00:00:00',
    '2026-12-31T23:59:60Z',
    '+275760-09-13',
    -62135596800000,
  ],
  ...[
    'javascript:alert(1)',
    'https://evil.example/',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    ['a', null, {}],
    { id: {} },
  ],
];

describe('every field with every odd value', () => {
  it.each(WHOLE.map((whole, index) => [index, whole] as const))(
    'answer %i',
    (_index, whole) => {
      for (const field of Object.keys(whole)) {
        for (const odd of ODD) {
          const changed = { ...whole, [field]: odd };
          for (const body of [
            changed,
            [changed],
            { data: changed },
            { status: 'success', details: changed },
          ]) {
            const bytes = json(body);
            survive(DECODERS, bytes);
          }
        }
      }
    },
    30_000,
  );

  it('lists with every odd list, total and next page', () => {
    const lists = DECODERS.filter(({ name }) => name.endsWith('list') || name.endsWith('probe'));
    for (const odd of ODD) {
      for (const list of [odd, [odd], [{}], [{ id: 1 }], [{ name: 'x' }]]) {
        for (const body of [
          { list, total: odd },
          { summaries: list, pagination: { next_page_offset: odd, item_count: odd } },
          { summaries: [], pagination: odd },
          { tokens: list, nextCursor: odd, total: odd },
        ]) {
          const bytes = json(body);
          survive(lists, bytes);
        }
      }
    }
  });
});

describe('any JSON at all', () => {
  it('is decoded or refused, never more', () => {
    const names = [
      'id',
      'data',
      'token',
      'tokenSecret',
      'details',
      'summaries',
      'list',
      'pagination',
      'error',
      'status',
    ];
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(null, true, 0, 7, -1, '', 'error', 'x', '__proto__'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names, '__proto__', 'toString'), tie('value'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(value, (body) => {
        const bytes = json(body);
        survive(DECODERS, bytes);
      }),
      { numRuns: 300 },
    );
  });
});
