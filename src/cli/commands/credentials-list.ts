import type { Command } from '../arguments/command.ts';
import { credentialsDocument } from '../documents/credential.ts';

export const command: Command = {
  async run(app) {
    const store = await app.store();
    return credentialsDocument(await store.facts(), await store.list(), app.runtime.clock.now());
  },
};
