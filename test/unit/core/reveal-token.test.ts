import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { revealToken } from '../../../src/core/reveal-token.ts';
import { revokeOwn } from '../../../src/core/revoke-own.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import {
  type Answer,
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  type Sent,
  tokenOf,
} from '../../support/fakes.ts';

function rig(answer: (request: Sent) => Answer, more: { provider?: Provider; tokenId?: string | null } = {}) {
  const transport = new FakeTransport(answer);
  const provider = more.provider ?? fakeProvider();
  const connection = fakeConnection(provider, more.tokenId);
  const client = new Client(connection, transport);
  const deps = { client, profiles: new FakeProfiles(), clock: new FakeClock(), audit: new FakeAudit() };
  return { deps, transport, connection };
}

describe('revealToken', () => {
  const token = tokenOf('a');

  it('asks for the one token and hands out its secret', async () => {
    const { deps, transport } = rig(() => ({ body: { item: token, secret: 'kt_shown' } }));
    expect((await revealToken(deps, token)).reveal()).toBe('kt_shown');
    expect(transport.lines).toEqual(['GET /tokens/a']);
  });

  it('a mask is no secret, and no answer neither', async () => {
    const masked = rig(() => ({ body: { item: token, secret: 'tk.****' } }));
    await expect(revealToken(masked.deps, token)).rejects.toMatchObject({ code: 'auth' });
    const hidden = rig(() => ({ body: { item: token } }));
    await expect(revealToken(hidden.deps, token)).rejects.toMatchObject({ code: 'auth' });
    const { get: _, ...tokens } = fakeProvider().tokens;
    const without = rig(() => ({ body: {} }), { provider: { ...fakeProvider(), tokens } });
    await expect(revealToken(without.deps, token)).rejects.toMatchObject({ code: 'auth' });
    expect(without.transport.sent).toEqual([]);
  });
});

describe('revokeOwn', () => {
  const answer = ({ method }: Sent): Answer =>
    method === 'GET' ? { body: { item: tokenOf('mt_1') } } : { body: '' };

  it('ends the credential in use, and takes its refusal afterwards for the proof', async () => {
    let isRevoked = false;
    const ending = (sent: Sent): Answer => {
      if (isRevoked) return { status: 401, body: {} };
      isRevoked = sent.method === 'POST';
      return answer(sent);
    };
    const { deps, transport } = rig(ending, { tokenId: 'mt_1' });
    await revokeOwn(deps);
    expect(transport.lines).toEqual(['GET /tokens/mt_1', 'POST /tokens/mt_1/revoke', 'GET /tokens/mt_1']);
    expect(deps.audit.events).toMatchObject([{ action: 'revoke', outcome: 'ok', id: 'mt_1' }]);
  });

  it('refuses when it does not know which one that is, and where the vendor cannot', async () => {
    const once = fakeProvider({ facts: { secretShown: 'once' } });
    const unknown = rig(answer, { provider: once });
    await expect(revokeOwn(unknown.deps)).rejects.toMatchObject({ code: 'conflict' });
    const { revoke: _, ...tokens } = fakeProvider().tokens;
    const cannot = rig(answer, { tokenId: 'mt_1', provider: { ...fakeProvider(), tokens } });
    await expect(revokeOwn(cannot.deps)).rejects.toMatchObject({ code: 'unsupported' });
    expect([...unknown.transport.sent, ...cannot.transport.sent]).toEqual([]);
  });

  it('fails when the vendor refuses, so that nothing is forgotten', async () => {
    const { deps } = rig((sent) => (sent.method === 'GET' ? answer(sent) : { status: 500, body: {} }), {
      tokenId: 'mt_1',
    });
    await expect(revokeOwn(deps)).rejects.toMatchObject({ facts: { status: 500 } });
  });
});
