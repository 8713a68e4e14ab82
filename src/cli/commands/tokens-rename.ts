import { renameToken } from '../../core/rename-token.ts';
import { resolveToken } from '../../core/resolve-reference.ts';
import { parseReference } from '../../domain/reference.ts';
import type { Command } from '../arguments/command.ts';
import { placeOf } from '../documents/document.ts';
import { planDocument } from '../documents/plan.ts';
import { tokenDocument, tokenJson } from '../documents/token.ts';

export const command: Command = {
  arguments: [
    { name: '<ref>', about: 'name or id' },
    { name: '<new-name>', about: 'the new name' },
  ],
  options: [{ flags: '--dry-run', about: 'show what would be sent' }],
  async run(app, input) {
    const deps = await app.changeDeps();
    const token = await resolveToken(deps, parseReference(input.argument(0)));
    const plan = await renameToken(deps, token, input.argument(1));
    if (input.flag('dry-run')) {
      const { what, call } = plan;
      return planDocument(placeOf(deps.client), [{ step: 'rename', what, call }]);
    }
    const { token: renamed, notes } = await plan.apply();
    return { ...tokenDocument(deps.client, tokenJson(renamed)), notes };
  },
};
