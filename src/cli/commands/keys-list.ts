import { unsupported } from '../../core/capabilities.ts';
import { listKeys } from '../../core/keys.ts';
import { notWholeNote } from '../../core/listing.ts';
import type { ListProgress } from '../../core/tokens.ts';
import { KEY_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, keyJson, mapPages } from '../reports.ts';

export const keysList: Command = {
  options: [{ flags: '--project <slug>', about: 'the project' }],
  async run(app, input) {
    const deps = await app.tokenDeps();
    const { provider } = deps.client.connection;
    if (!provider.keys) throw unsupported(deps.client.connection, 'keys list');
    const project = input.required('project');
    const progress: Pick<ListProgress, 'why'> = { why: null };
    return {
      shape: 'list',
      schema: 'keyturn.keys/1',
      head: { ...head(deps.client), project },
      key: 'keys',
      columns: KEY_COLUMNS,
      pages: mapPages(listKeys(deps, project, progress), keyJson),
      notes: () => (progress.why === null ? [] : [notWholeNote(progress.why)]),
    };
  },
};
