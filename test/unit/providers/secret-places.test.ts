import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/domain/errors.ts';
import { SeveralSecrets } from '../../../src/domain/schema-drift.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Issued } from '../../../src/ports/provider.ts';
import { bluebricks, devo, errova, prefactor } from '../../support/providers.ts';
import { has, jwt, SPEC, TARGET } from './support.ts';

const HEX = '0f343b0931126a20f133d67c2b018a3b';
const OWN = 'fedcba9876543210fedcba9876543210';
const BBX = 'bbx_0123456789abcdef';
const JWT = jwt({ jti: 'x' });
const ERT = 'ert_new_0123456789abcdef';
const own = Secret.of(OWN);

type Decode = (body: unknown) => Issued<unknown>;
const create: Record<string, Decode> = {
  errova: (body) => has(errova.tokens.create).decode(body, SPEC, own),
  'errova rotate': (body) => has(errova.tokens.rotate).decode(body, TARGET, own),
  'errova key': (body) =>
    has(errova.keys).create.decode(body, { project: 'p', name: 'n', type: 'server_signed' }, own),
  devo: (body) => has(devo.tokens.create).decode(body, SPEC, own),
  'devo get': (body) => has(devo.tokens.get).decode(body, TARGET, own),
  prefactor: (body) => has(prefactor.tokens.create).decode(body, SPEC, own),
  bluebricks: (body) => has(bluebricks.tokens.create).decode(body, SPEC, own),
};

function read(operation: string, body: unknown): string | null {
  try {
    return has(create[operation])(body).secret?.reveal() ?? null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error instanceof SeveralSecrets ? 'several' : null;
  }
}

const FOUND: readonly (readonly [string, unknown, string])[] = [
  // Devo: 32 hexadecimal digits under any name.
  ...[
    'tokenValue',
    'token_value',
    'secret',
    'key',
    'credential',
    'hash',
    'x',
    'api_token',
    'accessToken',
  ].flatMap((name) => [
    ['devo', { id: 7, name: 'etl', [name]: HEX }, HEX] as const,
    ['devo get', { id: 7, name: 'etl', token_type: 'Bearer', [name]: HEX }, HEX] as const,
  ]),
  ['devo', { created: { id: 7, tokenValue: HEX } }, HEX],
  ['devo', { id: 7, tokenValue: HEX, requested_by: OWN }, HEX],
  ['devo', { id: 7, tokenValue: HEX, uuid: OWN.replaceAll('f', '0') }, HEX],
  ['devo', { id: 7, token: HEX, token_hash: OWN.replaceAll('f', '0') }, HEX],
  // Bluebricks: `bbx_…`, also alone.
  ['bluebricks', { api_key: BBX }, BBX],
  ['bluebricks', { key: BBX }, BBX],
  ['bluebricks', { token: BBX }, BBX],
  ['bluebricks', { data: { created: { value: BBX } } }, BBX],
  ['bluebricks', BBX, BBX],
  ['bluebricks', [BBX], BBX],
  ['devo', HEX, HEX],
  ['devo', [HEX], HEX],
  ['prefactor', JWT, JWT],
  // A list of one where one thing was asked for.
  ['devo', [{ id: 7, token: HEX }], HEX],
  ['devo', { data: [{ id: 7, token: HEX }] }, HEX],
  ['devo get', [{ id: 7, token: HEX }], HEX],
  ['bluebricks', [{ api_key: BBX }], BBX],
  ['prefactor', [{ details: { id: 'a' }, token: JWT }], JWT],
  ['errova', [{ id: 'mt_1', tokenSecret: ERT }], ERT],
  ['errova', { machineToken: [{ id: 'mt_1', tokenSecret: ERT }] }, ERT],
  ['errova rotate', [{ id: 'mt_1', tokenSecret: ERT }], ERT],
  ['bluebricks', { api_key: BBX, sessionToken: 'whatever-it-is-16' }, BBX],
  // Prefactor: a JWT or `pf_…`.
  ['prefactor', { details: { id: 'a' }, token: JWT }, JWT],
  ['prefactor', { details: { id: 'a' }, api_token: JWT }, JWT],
  ['prefactor', { details: { id: 'a', value: 'pf_0123456789ab' } }, 'pf_0123456789ab'],
  ['prefactor', { details: { id: 'a' }, token: JWT, refresh_token: 'whatever-it-is-16' }, JWT],
  // Errova: no published form, so that names have to tell.
  ['errova', { id: 'mt_1', tokenSecret: ERT }, ERT],
  ['errova', { id: 'mt_1', tokenSecret: ERT, sessionToken: 'whatever-it-is-16' }, ERT],
  ['errova', { id: 'mt_1', tokenSecret: ERT, token: 'ert_public_0123456789' }, ERT],
  ['errova', { machineToken: { id: 'mt_1', tokenSecret: ERT }, csrfToken: 'whatever-it-is-16' }, ERT],
  ['errova', { id: 'mt_1', newSecret: ERT }, ERT],
  ...['newSecret', 'newTokenSecret', 'rotatedSecret', 'api_token', 'machine_key', 'plainSecret'].map(
    (name) => ['errova rotate', { id: 'mt_1', [name]: ERT }, ERT] as const,
  ),
  ['errova rotate', { rotated: { id: 'mt_1', tokenSecret: ERT } }, ERT],
  ['errova rotate', { rotated: { id: 'mt_1', value: ERT } }, ERT],
  ['errova rotate', { ok: true, rotation: { machine: { id: 'mt_1', tokenSecret: ERT } } }, ERT],
  ['errova rotate', { id: 'mt_1', newSecret: ERT, sessionToken: 'whatever-it-is-16' }, ERT],
  ['errova rotate', { id: 'mt_1', newSecret: ERT, owner: { apiToken: 'whatever-it-is-16' } }, ERT],
  ['errova key', { id: 'k_1', keyType: 'server_signed', publicKey: 'pub_0123456789ab', newSecret: ERT }, ERT],
];

const NOT_FOUND: readonly (readonly [string, unknown])[] = [
  ['devo', { id: 7, name: HEX }],
  ['devo', { id: 7, uuid: HEX, requestId: HEX, fingerprint: HEX, token_hash: HEX, nonce: HEX }],
  ['devo', { id: 7, credential: OWN }],
  ['devo', { id: 7, token_type: 'Bearer' }],
  ['bluebricks', { id: BBX }],
  ['bluebricks', 'Created api key'],
  ['errova', { id: 'mt_1', sessionToken: ERT }],
  ['errova', { id: 'mt_1', csrfToken: ERT, idempotencyKey: ERT, nextPageToken: ERT }],
  ['errova rotate', { id: 'mt_1', oldSecret: ERT }],
  ['errova rotate', { id: 'mt_1', secretHint: 'ert_…cdef', tokenPrefix: ERT }],
  ['errova rotate', { id: 'mt_1', owner: { apiToken: ERT } }],
  ['errova rotate', {}],
];

const SEVERAL: readonly (readonly [string, unknown])[] = [
  ['devo', { id: 7, tokenValue: HEX, key: HEX.replaceAll('0', '1') }],
  ['bluebricks', { api_key: BBX, replacement_key: `${BBX}1` }],
  ['bluebricks', { key: BBX, token: `${BBX}1` }],
  ['prefactor', { details: { id: 'a' }, token: JWT, new_token: jwt({ jti: 'y' }) }],
  ['errova', { id: 'mt_1', tokenSecret: ERT, newTokenSecret: `${ERT}1` }],
  ['errova', { id: 'mt_1', tokenSecret: ERT, data: { tokenSecret: `${ERT}1` } }],
  ['errova rotate', { id: 'mt_1', tokenSecret: ERT, secret: `${ERT}1` }],
  ['errova rotate', { id: 'mt_1', newSecret: ERT, rotatedToken: `${ERT}1` }],
];

describe('the place of the secret', () => {
  it.each(FOUND)('%s finds it in %j', (operation, body, secret) => {
    expect(read(operation, body)).toBe(secret);
  });

  it.each(NOT_FOUND)('%s finds none in %j', (operation, body) => {
    expect(read(operation, body)).toBeNull();
  });

  it.each(SEVERAL)('%s does not guess in %j', (operation, body) => {
    expect(read(operation, body)).toBe('several');
  });

  it('a wrapped answer tells the thing too', () => {
    const rotated = has(errova.tokens.rotate).decode(
      { ok: true, rotated: { id: 'mt_9', tokenSecret: ERT } },
      TARGET,
    );
    expect(rotated.item).toMatchObject({ id: 'mt_9' });
  });
});
