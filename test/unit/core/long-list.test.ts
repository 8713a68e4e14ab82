import { describe, expect, it } from 'vitest';
import { Handover } from '../../../src/core/handover.ts';
import { Listing } from '../../../src/core/listing.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { FakeClock } from '../../support/fakes.ts';

interface Item {
  readonly id: string;
}

const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: String(from + index) }));
const END = { next: null, total: null, obstacle: null };

async function read(listing: Listing<Item>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of listing) ids.push(...page.map(({ id }) => id));
  return ids;
}

describe('A17: a page that is handed over while it arrives', () => {
  it('is read before it is whole, and its rest after it; what comes twice is read once', async () => {
    let finish = () => {};
    const whole = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const listing = new Listing<Item>(async (_turn, handover) => {
      handover.put(items(0, 3));
      // A second attempt at the same page begins anew.
      handover.put(items(0, 5));
      await whole;
      return { items: items(5, 7), withoutId: 0, handedOver: 5, paging: { ...END, total: 7 } };
    });
    const pages = listing[Symbol.asyncIterator]();
    expect((await pages.next()).value).toEqual(items(0, 3));
    expect((await pages.next()).value).toEqual(items(3, 5));
    finish();
    expect((await pages.next()).value).toEqual(items(5, 7));
    expect((await pages.next()).done).toBe(true);
    expect(listing.why).toBeNull();
  });

  it('fails where the answer fails, after what came', async () => {
    const listing = new Listing<Item>(async (_turn, handover) => {
      handover.put(items(0, 2));
      throw new AppError({ code: 'unavailable', message: 'broken' });
    });
    const pages = listing[Symbol.asyncIterator]();
    expect((await pages.next()).value).toEqual(items(0, 2));
    await expect(pages.next()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends the answer when no more is wanted', async () => {
    let end: unknown = null;
    const listing = new Listing<Item>(async (_turn, handover) => {
      for (let at = 0; ; at += 500) {
        await handover.ready();
        try {
          handover.put(items(at, at + 500));
        } catch (error) {
          end = error;
          throw error;
        }
      }
    });
    for await (const _ of listing) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(end).toMatchObject({ code: 'cancelled' });
  });

  it('and pages without end stop where their ids would take too much, and say what helps', async () => {
    const id = 'x'.repeat(100_000);
    let page = 0;
    const listing = new Listing<Item>(async () => {
      page += 1;
      const next = { query: { page: String(page) }, replaces: false };
      return { items: [{ id: `${id}${page}` }], withoutId: 0, paging: { ...END, next } };
    });
    const ids = await read(listing);
    expect(ids.length).toBeLessThan(400);
    expect(listing.why).toContain('--limit');
  });
});

describe('D8: a list without an end', () => {
  const endless = (clock: FakeClock, msAPage: number) => {
    let page = 0;
    return new Listing<Item>(async () => {
      page += 1;
      await clock.sleep(msAPage);
      const next = { query: { page: String(page) }, replaces: false };
      return { items: items(page, page + 1), withoutId: 0, paging: { ...END, next } };
    }, clock);
  };

  it.each([
    [1_000, 901],
    [60_000, 16],
    [3_600_000, 1],
  ])('is read for a quarter of an hour, with pages of %i ms: %i of them', async (ms, pages) => {
    const listing = endless(new FakeClock(), ms);
    expect((await read(listing)).length).toBe(pages);
    expect(listing.why).toBe(
      `reading it takes longer than 15 minutes; ${pages} records in ${pages} pages came`,
    );
  });

  it('is not cut because its reader pauses', async () => {
    const clock = new FakeClock();
    let pages = 0;
    for await (const _ of endless(clock, 1_000)) {
      await clock.sleep(3_600_000);
      pages += 1;
      if (pages === 100) break;
    }
    expect(pages).toBe(100);
  });
});

describe('A17: a handover', () => {
  it('has no room while nobody reads', async () => {
    const handover = new Handover<Item>();
    expect(handover.ready()).toBeNull();
    handover.put(items(0, 1_000));
    const ready = handover.ready();
    expect(ready).not.toBeNull();
    const reader = handover[Symbol.asyncIterator]();
    await reader.next();
    const more = reader.next();
    await ready;
    expect(handover.ready()).toBeNull();
    handover.end();
    expect((await more).done).toBe(true);
  });
});
