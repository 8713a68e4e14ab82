import { expect, test } from 'vitest';
import { calling } from '../../../support/sim-answers.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { isInPlace, ROTATIONS, SELF_ROTATIONS, SESSION_ROTATIONS } from '../../../support/sim-scenarios.ts';

// After an ending, the provider tells a status of the old token that keyturn does not know. It may mean anything.

const OVERLAPS = [...ROTATIONS, ...SELF_ROTATIONS, ...SESSION_ROTATIONS].filter(
  (scenario) => !isInPlace(scenario),
);
const WORDS = ['quarantined', 'pending_deletion', 'terminated', ''];
const FIELDS = ['status', 'state', 'active', 'is_disabled', 'revokedAt', 'revoked_at', 'deletedAt'];

/** Whatever the provider knows of the old token, its state is this word. */
function telling(id: string, word: unknown): (body: unknown) => unknown {
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const isOld = entries.some(([name, inner]) => name === 'id' && String(inner) === id);
    return Object.fromEntries(
      entries.map(([name, inner]) => [name, isOld && FIELDS.includes(name) ? word : change(inner)]),
    );
  };
  return change;
}

for (const scenario of OVERLAPS) {
  test.each(WORDS)(`a status of %j does not count as ended (${scenario.name})`, async (word) => {
    const bench = await SimBench.of(scenario);
    const change = telling(bench.oldId, word);
    let isAsked = false;
    const transport = calling(async (inner, endpoint, request) => {
      const isEnding = request.method !== 'GET';
      // The provider says yes and does nothing.
      if (isEnding) isAsked = true;
      if (isEnding) return { status: 200, header: () => null, body: new Uint8Array() };
      const reply = await inner.call(endpoint, request);
      if (!isAsked || reply.body.length === 0) return reply;
      const body = JSON.stringify(change(JSON.parse(new TextDecoder().decode(reply.body))));
      return { ...reply, body: new TextEncoder().encode(body) };
    });
    const result = await bench.rotate({}, { mutation: { name: 'an unknown status', transport } });
    expect(isAsked).toBe(true);
    expect(result).toMatchObject({ kind: 'pending', exit: 'pending' });
    expect(result.error?.message).toMatch(/still active/);
    const ended = bench.machine.audit.events.filter(
      ({ action, outcome }) => ['revoke', 'disable', 'delete'].includes(action) && outcome === 'ok',
    );
    expect(ended).toEqual([]);
    expect(await bench.openId()).toBe(result.operation);
  });
}
