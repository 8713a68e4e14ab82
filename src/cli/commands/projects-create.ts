import { audited } from '../../core/audited.ts';
import { unsupported } from '../../core/capabilities.ts';
import { whereOf } from '../../core/where.ts';
import type { Command } from '../arguments/command.ts';
import { placeOf } from '../documents/document.ts';
import { planDocument } from '../documents/plan.ts';
import { projectDocument } from '../documents/project.ts';

export const command: Command = {
  options: [
    { flags: '--name <name>', about: 'the name of the project' },
    { flags: '--platform <platform>', about: 'nextjs, node, python …' },
    { flags: '--environment <environment>', about: 'production, staging … (default: production)' },
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  examples: ['keyturn projects create --name "Web App" --platform nextjs'],
  async run(app, input) {
    const deps = await app.changeDeps();
    const { client } = deps;
    const { provider } = client.connection;
    if (!provider.projects) throw unsupported(client.connection, 'projects create');
    const { create } = provider.projects;
    input.requireAll(['name', 'platform']);
    const wanted = {
      name: input.required('name'),
      platform: input.required('platform'),
      environment: input.text('environment') ?? 'production',
    };
    if (input.flag('dry-run')) {
      const what = `create the project "${wanted.name}"`;
      return planDocument(placeOf(client), [{ step: 'issue', what, call: client.describe(create, wanted) }]);
    }
    const project = await audited(deps, {
      action: 'create',
      id: (made) => made.id,
      work: () => client.call(create, wanted),
    });
    return {
      ...projectDocument(client, project),
      notes: [
        `created the project "${project.name ?? wanted.name}" (id ${project.id}) at ${whereOf(client.connection)}`,
      ],
    };
  },
};
