import { unsupported } from '../../core/capabilities.ts';
import { PROJECT_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, mapPages, projectJson } from '../reports.ts';

export const projectsList: Command = {
  async run(app) {
    const client = await app.client();
    const { provider } = client.connection;
    if (!provider.projects) throw unsupported(provider, 'projects list');
    return {
      shape: 'list',
      schema: 'keyturn.projects/1',
      head: head(client),
      key: 'projects',
      columns: PROJECT_COLUMNS,
      pages: mapPages(client.pages(provider.projects.list, undefined), projectJson),
    };
  },
};
