import type { CapabilityName } from '../../domain/capability.ts';
import type { Provider } from '../../ports/provider.ts';
import type { Definition } from './provider-table.ts';

/** What to do instead of a call that is absent, where the definition does not say it. */
export function insteadOf({ title, tokens, hooks = [], instead = {} }: Definition): Provider['instead'] {
  const { get, revoke, delete: remove, enable, disable, rename } = tokens;
  const end = (revoke ?? remove) ? '{tokens revoke REF}' : '{tokens disable REF}';
  const general: readonly (readonly [CapabilityName, boolean, string])[] = [
    ['tokens get', get !== undefined, 'see {tokens list}'],
    [
      'tokens revoke',
      revoke !== undefined,
      `see ${remove === undefined ? '{tokens disable REF}' : '{tokens delete REF}'}`,
    ],
    ['tokens delete', remove !== undefined, `see ${end}`],
    [
      'tokens enable',
      enable !== undefined,
      `${title} cannot pause a token: make a new one with {tokens create}`,
    ],
    ['tokens disable', disable !== undefined, `${title} cannot pause a token: ${end} ends it`],
    ['tokens rename', rename !== undefined, `make a token with the new name, then ${end}`],
    ['keys create', false, `${title} has tokens only: {tokens create}`],
    ['keys list', false, 'see {tokens list}'],
    ['keys expire', false, `see ${end}`],
    ['keys rotate', false, 'see {tokens rotate REF}'],
    ['projects create', false, `keyturn knows no projects of ${title}`],
    ['projects list', false, `keyturn knows no projects of ${title}`],
  ];
  // A hook may bring keys and projects: then the definition says what is left.
  const absent = general
    .filter(([name, isThere]) => !isThere && (hooks.length === 0 || name.startsWith('tokens')))
    .map(([name, , says]) => [name, says] as const);
  return { ...Object.fromEntries(absent), ...instead };
}
