import { type Column, isStructured } from '../../output/report.ts';
import type { Command } from '../command.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'SETTINGS', field: 'settings', kind: 'list' },
  { title: 'ACCOUNT', field: 'account', kind: 'text' },
  { title: 'SUBJECT', field: 'subject', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'TOKEN ID', field: 'tokenId', kind: 'text' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
  { title: 'SOURCES', field: 'sourceLines', kind: 'list' },
];

/** Who keyturn is, as the provider tells it, and where each part of that came from. Never the secret. */
export const whoami: Command = {
  async run(app) {
    const resolved = await app.resolved();
    const client = await app.client();
    const { provider, secret, tokenId } = client.connection;
    const note = provider.checkCredential(secret, app.runtime.clock.now());
    const identity = await client.call(provider.probe, undefined);
    const kept =
      resolved.credential.kind === 'store' ? await (await app.store()).find(resolved.credential.name) : null;
    const sources = { ...resolved.sources };
    const who = {
      profile: resolved.profile?.name ?? null,
      provider: provider.id,
      origin: resolved.origin,
      settings: Object.entries(resolved.settings).map(([name, value]) => `${name}=${value}`),
      account: identity.account,
      subject: identity.subject,
      scopes: identity.scopes === null ? (kept?.current.scopes ?? null) : [...identity.scopes],
      tokenId,
      expiresAt: identity.expiresAt ?? note.expiresAt ?? kept?.current.expiresAt ?? null,
      credential: `${note.kind}, from ${sources['credential'] ?? 'nowhere'}`,
      sources,
      sourceLines: Object.entries(sources).map(([part, source]) => `${part}:${source.replaceAll(' ', '-')}`),
    };
    const { sourceLines: _, ...data } = who;
    const structured = isStructured(app.globals.format);
    return {
      shape: 'one',
      schema: 'keyturn.whoami/1',
      data: structured ? data : { who },
      ...(structured ? {} : { key: 'who', columns: COLUMNS }),
    };
  },
};
