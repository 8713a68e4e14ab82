import { expect, test } from 'vitest';
import { leaveToRelay } from '../../../../src/adapters/child/leave-to-relay.ts';

test('a child whose output is through leaves no timer that would hold the process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const pump = {
    done: Promise.resolve(),
    isDone: () => true,
    isEmpty: () => true,
    stop: () => {},
    handOver: () => ({ pending: new Uint8Array(), shown: 0, isReplaced: false, startsLine: true }),
  };
  await leaveToRelay(null, { env: {}, secrets: [], channels: [{ pump, read: null, fd: 1 }] });
  expect(timers()).toBe(before);
});
