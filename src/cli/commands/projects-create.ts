import { audited } from '../../core/audited.ts';
import { unsupported } from '../../core/capabilities.ts';
import { whereOf } from '../../core/where.ts';
import { PROJECT_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, planReport, projectJson } from '../reports.ts';

export const projectsCreate: Command = {
  options: [
    { flags: '--name <name>', about: 'what people call it' },
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
      return planReport(
        [{ what: `create the project "${wanted.name}"`, call: client.describe(create, wanted) }],
        head(client),
      );
    }
    const project = await audited(deps, {
      action: 'create',
      id: (made) => made.id,
      work: () => client.call(create, wanted),
    });
    return {
      shape: 'one',
      schema: 'keyturn.project/1',
      data: { ...head(client), project: projectJson(project) },
      key: 'project',
      columns: PROJECT_COLUMNS,
      notes: [
        `created the project "${project.name ?? wanted.name}" (id ${project.id}) at ${whereOf(client.connection)}`,
      ],
    };
  },
};
