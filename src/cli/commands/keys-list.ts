import { unsupported } from '../../core/capabilities.ts';
import { listKeys } from '../../core/keys.ts';
import { notWholeNote } from '../../core/listing.ts';
import type { ListProgress } from '../../core/tokens.ts';
import type { Command } from '../arguments/command.ts';
import { keysDocument } from '../documents/project.ts';

export const command: Command = {
  options: [{ flags: '--project <slug>', about: 'the project' }],
  async run(app, input) {
    const deps = await app.tokenDeps();
    const { provider } = deps.client.connection;
    if (!provider.keys) throw unsupported(deps.client.connection, 'keys list');
    const project = input.required('project');
    const progress: Pick<ListProgress, 'why'> = { why: null };
    return {
      ...keysDocument(deps.client, project, listKeys(deps, project, progress)),
      notes: () => (progress.why === null ? [] : [notWholeNote(progress.why)]),
    };
  },
};
