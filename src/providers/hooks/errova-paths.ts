import type { Setting } from '../../ports/provider.ts';
import type { Settings } from '../../ports/request.ts';
import { path } from '../path.ts';
import { need } from '../settings.ts';

export function projectsOf(settings: Settings, org: Setting): string {
  return path`/api/organizations/${need(settings, org)}/projects`;
}

export function keysOf(project: string, settings: Settings, org: Setting): string {
  return path`/api/organizations/${need(settings, org)}/projects/${project}/keys`;
}
