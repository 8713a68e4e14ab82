import { describe, expect, it } from 'vitest';
import { changeTokens, findTargets, type TokenVerb } from '../../../src/core/change-tokens.ts';
import { Client } from '../../../src/core/client.ts';
import { revokeOwn } from '../../../src/core/revoke-own.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Token, TokenStatus } from '../../../src/domain/token.ts';
import {
  type Answer,
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  NOW,
  referencesOf,
  tokenOf,
} from '../../support/fakes.ts';

const SETTLE_MS = 5_000;

/** What a look at the token shows after the change was answered with a success. */
type Look = TokenStatus | 'absent' | 'closed' | 'down' | 'lagging';

interface Rig {
  readonly look: Look;
  readonly before?: TokenStatus;
  /** The token as the answer to the change shows it; null for an answer without one. */
  readonly answered?: TokenStatus | null;
  readonly isOwn?: boolean;
  readonly hasGet?: boolean;
}

function rig({ look, before = 'active', answered = null, isOwn = false, hasGet = true }: Rig) {
  let writes = 0;
  let looks = 0;
  const seen = (wish: TokenStatus, path: string): Answer => {
    looks += 1;
    if (look === 'down') return new AppError({ code: 'unavailable', message: 'no answer' });
    if (look === 'closed') return { status: 401, body: { message: 'closed' } };
    const status = look === 'lagging' ? (looks === 1 ? before : wish) : look;
    const item = status === 'absent' ? null : tokenOf('a', { status });
    if (!hasGet || path === '/tokens') return { body: { items: item ? [item] : [] } };
    return item ? { body: { item } } : { status: 404, body: {} };
  };
  let wish: TokenStatus = 'revoked';
  const transport = new FakeTransport(({ method, path }) => {
    if (method === 'GET') {
      if (writes > 0) return seen(wish, path);
      const item = tokenOf('a', { status: before });
      return { body: path === '/tokens' ? { items: [item] } : { item } };
    }
    writes += 1;
    wish = path.endsWith('/enable') ? 'active' : path.endsWith('/disable') ? 'disabled' : 'revoked';
    return { body: '' };
  });
  const plain = fakeProvider({ facts: { settleMs: SETTLE_MS } });
  const { get, ...rest } = plain.tokens;
  const told = (): Token | null => (answered === null ? null : tokenOf('a', { status: answered }));
  const change = (verb: string) => ({
    request: ({ id }: { readonly id: string }) => ({ method: 'PUT', path: `/tokens/${id}/${verb}` }) as const,
    decode: told,
  });
  const tokens = {
    ...rest,
    ...(hasGet && get ? { get } : {}),
    enable: change('enable'),
    disable: change('disable'),
  };
  const clock = new FakeClock();
  const audit = new FakeAudit();
  const client = new Client(fakeConnection({ ...plain, tokens }, isOwn ? 'a' : null), transport);
  const deps = { client, profiles: new FakeProfiles(), clock, audit, ...referencesOf() };
  const run = async (verb: TokenVerb) => {
    const targets = await findTargets(deps, verb, ['id:a'], true);
    const [result] = await changeTokens(deps, verb, targets);
    return {
      code: result?.error?.code ?? 'ok',
      message: result?.error?.message ?? '',
      note: result?.note ?? '',
      outcome: audit.events[0]?.outcome,
      waited: clock.now() - NOW,
      writes,
    };
  };
  return { run, deps };
}

const ENDS = ['revoke', 'delete', 'disable'] as const;
const LOOKS: readonly [Look, string, string, string][] = [
  // look, result, audit outcome, note
  ['absent', 'ok', 'ok', ''],
  ['revoked', 'ok', 'ok', ''],
  ['expired', 'ok', 'ok', ''],
  ['lagging', 'ok', 'ok', ''],
  ['active', 'failure', 'failed', ''],
  ['closed', 'ok', 'unknown', 'could not be looked up'],
  ['down', 'ok', 'unknown', 'could not be looked up'],
];

for (const hasGet of [true, false]) {
  describe(`an ending that was answered with a success, looked up by ${hasGet ? 'id' : 'the list'}`, () => {
    for (const verb of ENDS) {
      it.each(LOOKS)(`${verb}, then %s: %s`, async (look, code, outcome, note) => {
        const result = await rig({ look, hasGet }).run(verb);
        expect(result).toMatchObject({ code, outcome, writes: 1, note: expect.stringContaining(note) });
        expect(result.waited).toBe(look === 'active' || look === 'lagging' ? SETTLE_MS : 0);
        if (code === 'failure') expect(result.message).toMatch(/accepted the request.*still active/);
      });
    }
  });
}

describe('an ending that only disables', () => {
  it.each(['revoke', 'delete'] as const)('%s says so', async (verb) => {
    expect(await rig({ look: 'disabled' }).run(verb)).toMatchObject({
      code: 'ok',
      note: expect.stringContaining('only disabled'),
    });
  });

  it('disable is just that', async () => {
    expect(await rig({ look: 'disabled' }).run('disable')).toMatchObject({ code: 'ok', note: '' });
  });
});

describe('enable', () => {
  it.each([
    ['active', 'ok', 'ok'],
    ['lagging', 'ok', 'ok'],
    ['disabled', 'failure', 'failed'],
    ['revoked', 'failure', 'failed'],
    ['absent', 'failure', 'failed'],
    ['closed', 'ok', 'unknown'],
  ] as const)('then %s: %s', async (look, code, outcome) => {
    const result = await rig({ look, before: 'disabled' }).run('enable');
    expect(result).toMatchObject({ code, outcome });
  });
});

describe('an answer that shows the token', () => {
  it.each([
    ['disable', 'closed', 'active', 'failure'],
    ['disable', 'closed', 'disabled', 'ok'],
    ['disable', 'disabled', 'active', 'ok'],
    ['disable', 'active', 'disabled', 'failure'],
    ['enable', 'closed', 'disabled', 'failure'],
    ['enable', 'closed', 'active', 'ok'],
  ] as const)('%s, the look is %s, the answer says %s: %s', async (verb, look, answered, code) => {
    const before = verb === 'enable' ? 'disabled' : 'active';
    const result = await rig({ look, before, answered }).run(verb);
    expect(result).toMatchObject({ code, outcome: code === 'ok' ? 'ok' : 'failed', note: '' });
  });
});

describe('the managing credential ends itself', () => {
  it('and is refused from then on: that confirms it', async () => {
    const { run, deps } = rig({ look: 'closed', isOwn: true });
    expect(await run('revoke')).toMatchObject({ code: 'ok', outcome: 'ok', note: '' });
    await expect(revokeOwn(rig({ look: 'closed', isOwn: true }).deps)).resolves.toMatchObject({
      sight: { seen: 'off' },
    });
    expect(deps.audit.events).toHaveLength(1);
  });

  it('and still works: logout keeps everything', async () => {
    await expect(revokeOwn(rig({ look: 'active', isOwn: true }).deps)).rejects.toMatchObject({
      code: 'failure',
    });
  });
});

describe('a log that cannot be written', () => {
  it('is found before the request, and nothing is sent', async () => {
    const { run, deps } = rig({ look: 'absent' });
    deps.audit.closed = new AppError({ code: 'usage', message: 'no permission to use /x' });
    expect(await run('revoke')).toMatchObject({ code: 'usage', writes: 0 });
  });

  it('after the request is no usage error: that would say that nothing was sent', async () => {
    const { run, deps } = rig({ look: 'absent' });
    deps.audit.broken = new AppError({ code: 'usage', message: 'no permission to use /x' });
    expect(await run('revoke')).toMatchObject({
      code: 'failure',
      writes: 1,
      message: expect.stringContaining('it is done'),
    });
  });
});
