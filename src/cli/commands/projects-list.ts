import { unsupported } from '../../core/capabilities.ts';
import { notWholeNote } from '../../core/listing.ts';
import type { Command } from '../arguments/command.ts';
import { projectsDocument } from '../documents/project.ts';

export const command: Command = {
  async run(app) {
    const client = await app.client();
    const { provider } = client.connection;
    if (!provider.projects) throw unsupported(client.connection, 'projects list');
    const listing = client.pages(provider.projects.list, undefined);
    return {
      ...projectsDocument(client, listing),
      notes: () => (listing.why === null ? [] : [notWholeNote(listing.why)]),
    };
  },
};
