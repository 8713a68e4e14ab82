import type { Project } from '../../domain/token.ts';
import type { ProjectApi, Provider } from '../../ports/provider.ts';
import { attributes, dates, drift, type Fields, id, text } from '../decode.ts';
import { findItem } from '../envelope.ts';
import { type ListShape, readPage } from '../records.ts';
import { checkName } from '../spec.ts';
import { CREATED } from './errova-answers.ts';
import { projectsOf } from './errova-paths.ts';
import { type Hook, settingOf } from './hook.ts';

const PROJECT_IDS = ['id', 'projectId', 'project_id', 'uuid', '_id', 'slug'];
const PROJECTS: ListShape<Project> = { names: ['projects'], ids: PROJECT_IDS, decode: projectOf };

/** The projects of an organization. */
export const errovaProjects: Hook = (provider) => ({ ...provider, projects: projectApi(provider) });

function projectApi(provider: Provider): ProjectApi {
  const org = settingOf(provider, 'org');
  return {
    create: {
      request: ({ name, platform, environment }, settings) => ({
        method: 'POST',
        path: projectsOf(settings, org),
        body: { name: checkName(name), platform, environment },
      }),
      decode: createdProject,
    },
    // Inferred, as the list of tokens.
    list: {
      request: (_input, settings) => ({ method: 'GET', path: projectsOf(settings, org) }),
      decode: (body, page) => readPage(body, page, PROJECTS),
      maxPageSize: 100,
    },
  };
}

function createdProject(body: unknown): Project {
  const item = findItem(body, ...PROJECT_IDS);
  if (item === null) throw drift('project', body);
  return projectOf(item);
}

function projectOf(fields: Fields): Project {
  return {
    id: id(fields, ...PROJECT_IDS),
    slug: text(fields, 'slug', 'projectSlug', 'project_slug'),
    name: text(fields, 'name', 'label'),
    platform: text(fields, 'platform'),
    environment: text(fields, 'environment'),
    ...dates(fields, { createdAt: CREATED }),
    attributes: attributes(fields, 'status', 'updatedAt', 'originMode', 'allowedOrigins'),
  };
}
