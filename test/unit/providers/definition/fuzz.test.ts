import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Provider } from '../../../../src/ports/provider.ts';
import { interpret } from '../../../../src/providers/definition/interpret.ts';
import type { Definition } from '../../../../src/providers/definition/provider-table.ts';
import { answer, pageContext, SPEC, TARGET, TOKEN } from '../support.ts';
import { FIXTURE, type Raw, read, shippedText } from './support.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 12);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
/** No input may take longer, on a machine that does other things as well. In ms. */
const PATIENCE = 5_000;

/** Under another id, so that a shipped definition may be read as a stranger's. */
const TEXTS = [
  FIXTURE,
  ...['errova', 'devo', 'prefactor', 'bluebricks'].map((id) =>
    shippedText(id)
      .replace(`id: ${id}`, `id: x-${id}`)
      .replace(/^hooks:.*$/m, ''),
  ),
];

const ODD = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    '',
    ' ',
    '<secret>',
    '<secret',
    '<token.id>',
    '<a|b?>',
    '<<>>',
  ),
  fc.constantFrom<unknown>(
    '/',
    '/a/~',
    '/__proto__',
    '/constructor/prototype',
    '//',
    '..',
    'ask',
    'provider/2',
    '\u202e',
    '\ud800',
  ),
  fc.constantFrom<unknown>(
    'GET /x',
    'POST /x',
    'https://evil.example',
    'overlap',
    'in-place',
    'told',
    'json',
    [],
    {},
    [[]],
    { at: '/a' },
  ),
  fc.string({ maxLength: 40 }),
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
  fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as unknown),
);
const KEY = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'call',
    'body',
    'secret',
    'item',
    'list',
    'pages',
    'at',
    'is',
    'form',
  ),
  fc.string({ maxLength: 12 }),
);
type Change = {
  readonly way: readonly number[];
  readonly kind: 'set' | 'delete' | 'add';
  readonly key: string;
  readonly value: unknown;
};
const CHANGE: fc.Arbitrary<Change> = fc.record({
  way: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  kind: fc.constantFrom('set' as const, 'delete' as const, 'add' as const),
  key: KEY,
  value: ODD,
});

function apply(raw: Raw, { way, kind, key, value }: Change): void {
  let at = raw;
  let name: string | null = null;
  for (const step of way) {
    if (typeof at !== 'object' || at === null || Object.keys(at).length === 0) break;
    const names = Object.keys(at);
    name = names[step % names.length] ?? null;
    if (name === null) return;
    const inner = at[name];
    if (step === way.at(-1) || typeof inner !== 'object' || inner === null) break;
    at = inner;
  }
  if (name === null || typeof at !== 'object' || at === null) return;
  if (kind === 'delete') delete at[name];
  else
    Object.defineProperty(at, kind === 'set' ? name : key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

async function accepted(text: string): Promise<Definition | null> {
  const start = performance.now();
  try {
    return await read(text);
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    return null;
  } finally {
    expect(performance.now() - start).toBeLessThan(PATIENCE);
  }
}

/** Values or `AppError`s; nothing else, and not for long. */
function survive(work: () => unknown): void {
  const start = performance.now();
  try {
    work();
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
  expect(performance.now() - start).toBeLessThan(PATIENCE);
}

function answers(provider: Provider, body: unknown): void {
  const { tokens, probe } = provider;
  const own = Secret.of('own_0123456789abcdef');
  const decoders = [
    () => tokens.create?.decode(body, SPEC, own),
    () => tokens.list?.decode(body, pageContext({ taken: 3, index: 1 })),
    () => tokens.get?.decode(body, TARGET, own),
    () => tokens.rotate?.decode(body, TARGET, own),
    () => tokens.disable?.decode(body, TARGET, own),
    () => tokens.rename?.decode(body, { ...TARGET, newName: 'n' }, own),
    () => tokens.prove?.decode(body, TOKEN, own),
    () => probe.decode(body, undefined, own),
    () => provider.readError(answer(400, body)),
    () => provider.findRefusal(body, { method: 'POST' }),
  ];
  for (const decode of decoders) survive(decode);
}

function requests(provider: Provider, id: string): void {
  const settings = { org: 'acme', region: 'eu', domain: 'acme' };
  const wish = { size: 10, isPlain: false, newestFirst: false };
  const spec = { ...SPEC, name: id, scopes: ['a'], options: { user: id, audience: 'a' } };
  const all = [
    () => provider.tokens.create?.request(provider.tokens.checkSpec(spec), settings, 1_000),
    () => provider.tokens.list?.request(undefined, settings, wish),
    () => provider.tokens.get?.request({ id, name: id }, settings, 1_000),
    () => provider.tokens.remove?.request({ id, name: id }, settings, 1_000),
    () => provider.probe.request(undefined, settings, 1_000),
  ];
  for (const make of all) {
    survive(() => {
      const request = make();
      if (request === undefined) return;
      expect(request.path).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
      expect(request.path).not.toMatch(/[?#\\]|\/\.\.?(\/|$)/);
      expect(JSON.stringify(request)).not.toContain('<secret');
    });
  }
  survive(() => expect(provider.origin(settings)).toMatch(/^https:\/\/[a-z0-9.:-]+$/));
}

const JSON_BODY = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      7,
      -1,
      1e308,
      '',
      'x',
      'active',
      '2026-01-01',
      `act_${'a'.repeat(32)}`,
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'id',
        'token',
        'secret',
        'tokens',
        'data',
        'meta',
        'next',
        'label',
        'error',
        'list',
        '__proto__',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

describe('a mutated definition', () => {
  it('is refused with a sentence, or is a provider that stays within its address', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(TEXTS.length - 1),
        fc.array(CHANGE, { minLength: 1, maxLength: 3 }),
        JSON_BODY,
        fc.string(),
        async (which, changes, body, id) => {
          const raw: Raw = parse(TEXTS[which] ?? '');
          for (const change of changes) apply(raw, change);
          const definition = await accepted(JSON.stringify(raw));
          if (definition === null) return;
          taken += 1;
          const provider = interpret(definition);
          requests(provider, id);
          answers(provider, body);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    expect(taken).toBeGreaterThan(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 120_000);

  it('of changed characters is refused with a sentence, or read', async () => {
    const cut = fc.record({
      which: fc.nat(TEXTS.length - 1),
      at: fc.nat(6_000),
      length: fc.nat(40),
      put: fc.string({ maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ which, at, length, put }) => {
        const text = TEXTS[which] ?? '';
        const where = at % text.length;
        await accepted(text.slice(0, where) + put + text.slice(where + length));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 120_000);
});

describe('any answer', () => {
  it('is read or refused, by every definition', async () => {
    const providers = (await Promise.all(TEXTS.map((text) => read(text)))).map(interpret);
    fc.assert(
      fc.property(JSON_BODY, (body) => {
        for (const provider of providers) answers(provider, body);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 120_000);
});
