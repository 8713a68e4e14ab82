import { describe, expect, test } from 'vitest';
import type { Provider } from '../../src/ports/provider.ts';
import type { Reply, Transport } from '../../src/ports/transport.ts';
import { answering } from '../support/sim-answers.ts';
import { SimBench } from '../support/sim-bench.ts';
import { rotationOf } from '../support/sim-scenarios.ts';

/** What no emulated provider does, put between the model and its sandbox. */
describe('a provider that does what none should', () => {
  test('#41 answers an issuing request with the old secret: a person is told, and nothing is ended', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const { store } = await bench.machine.connect();
    const old = (await store.open(bench.entry)).reveal();
    let changed = 0;
    const spoil = (bytes: Uint8Array): Uint8Array => {
      const text = Buffer.from(bytes).toString('utf8');
      const other = text.replace(/bbx_[A-Za-z0-9_-]+/, old);
      if (other !== text) changed += 1;
      return new Uint8Array(Buffer.from(other));
    };
    const result = await bench.rotate({}, { mutation: answering(spoil) });
    expect(changed).toBeGreaterThan(0);
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(bench.isLive(bench.oldId)).toBe(true);
    expect(await bench.currentId()).toBe(bench.oldId);
  });

  test('#66 accepts the new one and lists it as suspended: a person is told, and nothing is ended', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const known = new Set(bench.machine.things().map(({ id }) => id));
    const mutation = {
      name: 'suspended',
      provider: (provider: Provider): Provider => {
        const { list } = provider.tokens;
        if (!list) return provider;
        const suspended: typeof list = {
          ...list,
          decode: (body, page) => {
            const { items, ...rest } = list.decode(body, page);
            return {
              items: items.map((item) =>
                known.has(item.id) ? item : { ...item, status: 'disabled' as const },
              ),
              ...rest,
            };
          },
        };
        return { ...provider, tokens: { ...provider.tokens, list: suspended } };
      },
    };
    const result = await bench.rotate({}, { mutation });
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(bench.isLive(bench.oldId)).toBe(true);
    expect(await bench.currentId()).toBe(bench.oldId);
  });

  test('#72 has no room for another one: its refusal is told, nothing is made and nothing ended', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const before = bench.machine.things();
    const body = new TextEncoder().encode('{"error":"the limit of tokens is reached"}');
    const reply: Reply = { status: 403, header: () => null, body };
    const transport = (inner: Transport): Transport => ({
      call: (...given) => inner.call(...given),
      close: () => inner.close(),
      sendOnce: async (_endpoint, _request, capture) => {
        await capture.head(reply.status, null);
        await capture.chunk(body);
        return { kind: 'answered', reply };
      },
    });
    const result = await bench.rotate({}, { mutation: { name: 'quota', transport } });
    expect(result.kind).toBe('aborted');
    expect(bench.machine.things()).toEqual(before);
    expect(await bench.state()).toBe('aborted');
  });
});
