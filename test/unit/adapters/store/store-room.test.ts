import { expect, test } from 'vitest';
import { FILE_LIMIT } from '../../../../src/adapters/store/format.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { MAX_SECRET_LENGTH } from '../../../../src/domain/secret-input.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, PATH } from './store-rig.ts';

/** Printable, with nothing that repeats. */
function longest(n: number): Secret {
  return Secret.of(`${n}-`.padEnd(MAX_SECRET_LENGTH, 'abcdefghijklmnop'));
}

test.each(['file', 'keychain'] as const)(
  'a %s store that cannot take the longest secret is refused before anything is requested',
  async (kind) => {
    const memory = createMemoryDisk();
    const { store } = createRig(memory.connect(), kind);
    const size = () => memory.files().get(PATH)?.length ?? 0;
    let n = 0;
    for (;;) {
      await store.save(entry(`e${n}`), longest(n));
      n += 1;
      const refused = await store.prove().then(
        () => null,
        (error: unknown) => error,
      );
      if (refused !== null) break;
      expect(size()).toBeLessThan(FILE_LIMIT);
    }
    expect(size()).toBeGreaterThan(FILE_LIMIT - 3 * MAX_SECRET_LENGTH);
    expect(await caught(store.prove())).toMatchObject({ code: 'conflict' });
    expect((await caught(store.prove())).message).toContain(String(FILE_LIMIT));
    // What was found to have room took the secret each time; what is refused is whole.
    expect((await store.list()).length).toBe(n);
    await store.remove('e0');
    await store.prove();
    await store.stage(entry('e1'), 'next', longest(n));
  },
);
