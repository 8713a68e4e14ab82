import { CREDENTIAL_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { credentialJson } from '../credential-json.ts';
import { listReport } from '../reports.ts';

export const credentialsList: Command = {
  async run(app) {
    const store = await app.store();
    const facts = await store.facts();
    const items = (await store.list()).map((each) => credentialJson(each, app.runtime.clock.now()));
    return listReport({
      schema: 'keyturn.credentials/1',
      head: { store: facts.kind, path: facts.path },
      key: 'credentials',
      referBy: 'name',
      columns: CREDENTIAL_COLUMNS,
      items,
      empty: 'nothing is kept yet',
    });
  },
};
