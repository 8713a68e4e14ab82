import { unsupported } from '../../core/capabilities.ts';
import { notWholeNote } from '../../core/listing.ts';
import { PROJECT_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, mapPages, projectJson } from '../reports.ts';

export const projectsList: Command = {
  async run(app) {
    const client = await app.client();
    const { provider } = client.connection;
    if (!provider.projects) throw unsupported(client.connection, 'projects list');
    const listing = client.pages(provider.projects.list, undefined);
    return {
      shape: 'list',
      schema: 'keyturn.projects/1',
      head: head(client),
      key: 'projects',
      columns: PROJECT_COLUMNS,
      pages: mapPages(listing, projectJson),
      notes: () => (listing.why === null ? [] : [notWholeNote(listing.why)]),
    };
  },
};
