import type { Column } from '../../output/report.ts';

/** A revoked token ended already, whatever its date says. */
const ENDED = { field: 'status', value: 'revoked' } as const;

/** What people see of each kind of record, in the order of tsv. New columns go to the end: scripts count. */
export const TOKEN_COLUMNS: readonly Column[] = [
  { title: '', field: 'inUse', kind: 'mark' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'STATUS', field: 'status', kind: 'status' },
  { title: 'SCOPES', field: 'scopes', kind: 'list', optional: 4 },
  { title: 'CREATED', field: 'createdAt', kind: 'time', optional: 3 },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time', optional: 1, blankWhen: ENDED },
  { title: 'LAST USED', field: 'lastUsedAt', kind: 'time', optional: 2 },
  { title: 'CREATED BY', field: 'createdBy', kind: 'text', optional: 5 },
];

export const KEY_COLUMNS: readonly Column[] = [
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'TYPE', field: 'type', kind: 'text' },
  { title: 'STATUS', field: 'status', kind: 'status' },
  { title: 'PUBLIC KEY', field: 'publicKey', kind: 'text', optional: 2 },
  { title: 'CREATED', field: 'createdAt', kind: 'time', optional: 1 },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
];

export const PROJECT_COLUMNS: readonly Column[] = [
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'SLUG', field: 'slug', kind: 'text' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'PLATFORM', field: 'platform', kind: 'text', optional: 1 },
  { title: 'ENVIRONMENT', field: 'environment', kind: 'text' },
  { title: 'CREATED', field: 'createdAt', kind: 'time', optional: 2 },
];

export const PROFILE_COLUMNS: readonly Column[] = [
  { title: '', field: 'current', kind: 'mark' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'SETTINGS', field: 'settings', kind: 'list', pairs: '=' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
];

export const CREDENTIAL_COLUMNS: readonly Column[] = [
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'KIND', field: 'kind', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list', optional: 2 },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'SAVED', field: 'savedAt', kind: 'time', optional: 1 },
  { title: 'ORIGIN', field: 'origin', kind: 'text', optional: 3 },
  { title: 'STATUS', field: 'state', kind: 'status' },
];

export const ROTATION_COLUMNS: readonly Column[] = [
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'KIND', field: 'kind', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text', optional: 2 },
  { title: 'SUBJECT', field: 'subject', kind: 'text', optional: 4 },
  { title: 'STATE', field: 'state', kind: 'status' },
  { title: 'LAST STEP', field: 'lastStep', kind: 'text', optional: 3 },
  { title: 'STARTED', field: 'startedAt', kind: 'time', optional: 5 },
  { title: 'DUE', field: 'dueAt', kind: 'time' },
  { title: 'REASON', field: 'reason', kind: 'text', optional: 1 },
];

export const RESULT_COLUMNS: readonly Column[] = [
  { title: 'REFERENCE', field: 'reference', kind: 'text' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'RESULT', field: 'result', kind: 'result' },
  { title: 'WHY', field: 'message', kind: 'text' },
];

export const PLAN_COLUMNS: readonly Column[] = [
  { title: 'STEP', field: 'step', kind: 'text' },
  { title: 'WHAT', field: 'what', kind: 'text' },
  { title: 'CALL', field: 'call', kind: 'text' },
];

export const ROTATION_PLAN_COLUMNS: readonly Column[] = [
  { title: 'TOKEN', field: 'token', kind: 'text' },
  { title: 'STEP', field: 'step', kind: 'text' },
  { title: 'WHAT', field: 'what', kind: 'text' },
  { title: 'UNDO', field: 'undo', kind: 'text' },
];

export const LOGIN_COLUMNS: readonly Column[] = [
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
  { title: 'ACCOUNT', field: 'account', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'STORE', field: 'store', kind: 'text' },
];

export const WHOAMI_COLUMNS: readonly Column[] = [
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'SETTINGS', field: 'settings', kind: 'list', pairs: '=' },
  { title: 'ACCOUNT', field: 'account', kind: 'text' },
  { title: 'SUBJECT', field: 'subject', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'TOKEN ID', field: 'tokenId', kind: 'text' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
  { title: 'SOURCES', field: 'sources', kind: 'list', pairs: ':' },
];

export const AUDIT_COLUMNS: readonly Column[] = [
  { title: 'WHEN', field: 'at', kind: 'time' },
  { title: 'ACTION', field: 'action', kind: 'text' },
  { title: 'OUTCOME', field: 'outcome', kind: 'status' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'TARGET', field: 'target', kind: 'text', optional: 1 },
  { title: 'FINGERPRINT', field: 'fingerprint', kind: 'text', optional: 2 },
  { title: 'OPERATION', field: 'attempt', kind: 'text', optional: 3 },
];
