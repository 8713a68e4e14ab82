import type { Setting } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';
import { path } from './path.ts';
import { matches, need } from './settings.ts';

export const org: Setting = {
  name: 'org',
  about: 'the slug of the organization',
  required: true,
  placeholder: 'acme-inc',
  check: matches(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'the slug of an organization',
    'write it as the app shows it: `--org acme-inc`',
  ),
};

export function machineTokens(settings: Settings): string {
  return path`/api/organizations/${need(settings, org)}/machine-tokens`;
}

export function keysOf(project: string, settings: Settings): string {
  return path`/api/organizations/${need(settings, org)}/projects/${project}/keys`;
}
