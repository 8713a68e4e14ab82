import type { Saved } from './saved.ts';

export type ApiKey = {
  readonly id: string;
  /** Null or empty for a key that was made without a name: nothing can address it. */
  readonly name: string | null;
  readonly createdAt: number;
  readonly updatedAt: number | null;
  readonly disabled: boolean;
  readonly hash: string;
};

const PERSON = { id: 'auth0|sandbox', name: 'Sandbox Admin', nickname: 'sandbox', picture: '' } as const;

export const PERSON_ID = PERSON.id;

/** Names are unique in an organization; keys without one are as many as there are. */
export function ledgerKey(key: ApiKey): string {
  return key.name ? nameKey(key.name) : `id/${key.id}`;
}

export function nameKey(name: string): string {
  return `name/${name}`;
}

export function showKey(key: ApiKey): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    created_at: new Date(key.createdAt).toISOString(),
    expiration_time: null,
    updated_at: key.updatedAt === null ? null : new Date(key.updatedAt).toISOString(),
    created_by: PERSON,
    is_disabled: key.disabled,
  };
}

export function readKey(it: Saved): ApiKey {
  return {
    id: it.text('id'),
    name: it.textOrNull('name'),
    createdAt: it.number('createdAt'),
    updatedAt: it.numberOrNull('updatedAt'),
    disabled: it.flag('disabled'),
    hash: it.text('hash'),
  };
}
