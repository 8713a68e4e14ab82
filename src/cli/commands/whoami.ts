import { checkCredential } from '../../core/create-command.ts';
import { probe, unprovedNote } from '../../core/inferred-lists.ts';
import { NOBODY } from '../../core/login.ts';
import { findOwnId } from '../../core/own-id.ts';
import type { Command } from '../arguments/command.ts';
import { whoamiDocument } from '../documents/profile.ts';

const UNKNOWN_ID =
  'keyturn cannot recognise its own token in lists, so ending a token that may be it asks, or needs "--allow-self"; name it with `--token-id` at the next login';

/** The identity that the provider reports, and where each setting comes from. Never the secret. */
export const command: Command = {
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
    const document = whoamiDocument({
      profile: resolved.profile?.name ?? null,
      provider: provider.id,
      origin: resolved.origin,
      settings: resolved.settings,
      account: identity.account,
      subject: identity.subject,
      scopes: identity.scopes === null ? (kept?.current.scopes ?? null) : [...identity.scopes],
      tokenId,
      expiresAt: identity.expiresAt ?? note.expiresAt ?? kept?.current.expiresAt ?? null,
      credential: `${note.kind}, from ${sources['credential'] ?? 'nowhere'}`,
      proved: probed.kind === 'proved',
      sources,
    });
    return {
      ...document,
      notes: [
        ...(probed.kind === 'proved' ? [] : [unprovedNote(provider, probed.why)]),
        ...(tokenId === null && !provider.facts.managerIsSession ? [UNKNOWN_ID] : []),
      ],
    };
  },
};
