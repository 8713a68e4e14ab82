import { checkCredential } from '../../core/create-command.ts';
import { probe, unprovedNote } from '../../core/inferred-lists.ts';
import { NOBODY } from '../../core/login.ts';
import { findOwnId } from '../../core/own-id.ts';
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

const UNKNOWN_ID =
  'keyturn does not know which listed token it logged in with: ending a token that may be it asks, or needs "--allow-self"; `--token-id` at the next login settles that';

/** Who keyturn is, as the provider tells it, and where each part of that came from. Never the secret. */
export const whoami: Command = {
  async run(app) {
    const resolved = await app.resolved();
    const client = await app.client();
    const { claims, credentialFile, provider, secret } = client.connection;
    const note = checkCredential(client.connection, secret, app.runtime.clock.now());
    const probed = await probe(client);
    const identity = probed.kind === 'proved' ? probed.identity : NOBODY;
    const tokenId = client.connection.tokenId ?? (await findOwnId(client, claims ?? []));
    const kept =
      resolved.credential.kind === 'store' ? await (await app.store()).find(resolved.credential.name) : null;
    const sources: Record<string, string> = {
      ...resolved.sources,
      ...(credentialFile !== undefined && { file: credentialFile }),
    };
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
      proved: probed.kind === 'proved',
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
      notes: [
        ...(probed.kind === 'proved' ? [] : [unprovedNote(provider, probed.why)]),
        ...(tokenId === null && !provider.facts.managerIsSession ? [UNKNOWN_ID] : []),
      ],
    };
  },
};
