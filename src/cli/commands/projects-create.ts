import { unsupported } from '../../core/capabilities.ts';
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
    const client = await app.client();
    const { provider, settings, origin } = client.connection;
    if (!provider.projects) throw unsupported(provider, 'projects create');
    const wanted = {
      name: input.required('name'),
      platform: input.required('platform'),
      environment: input.text('environment') ?? 'production',
    };
    if (input.flag('dry-run')) {
      const request = provider.projects.create.request(wanted, settings);
      return planReport(
        [{ what: `create the project "${wanted.name}"`, call: `${request.method} ${origin}${request.path}` }],
        head(client),
      );
    }
    const project = await client.call(provider.projects.create, wanted);
    return {
      shape: 'one',
      schema: 'keyturn.project/1',
      data: { ...head(client), project: projectJson(project) },
      key: 'project',
      columns: PROJECT_COLUMNS,
    };
  },
};
