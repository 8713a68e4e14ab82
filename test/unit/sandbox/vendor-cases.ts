import type { AnswerShapes } from '../../../src/sandbox/read-switches.ts';
import type { ProviderId, SandboxResponse } from '../../../src/sandbox/vendor.ts';
import { request, setUp } from './support.ts';

const PAGE = { origin: 'https://errova.com', referer: 'https://errova.com/' };
const DEVO = '/ws/accounts/acme/credentials/tokens';
const DEVO_BODY = { name: 'ci', user: 'user@example.com', audience: 'http', scopes: 'table://my.app' };

/** What each vendor's answers are made of, so that one test can be run on all four. */
export const CASES: Readonly<Record<ProviderId, { readonly secretField: string; readonly hasIds: boolean }>> =
  {
    errova: { secretField: 'tokenSecret', hasIds: true },
    devo: { secretField: 'token', hasIds: true },
    prefactor: { secretField: 'token', hasIds: true },
    bluebricks: { secretField: 'api_key', hasIds: false },
  };

export const VENDORS: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];

/** One vendor with a token that an administrator made; its answers are shaped from then on. */
export function oneVendor(vendor: ProviderId, shape: NonNullable<AnswerShapes[ProviderId]>) {
  const plain = setUp({ assumptions: { devoCreateReturnsToken: true } });
  const shaped = setUp({ assumptions: { devoCreateReturnsToken: true }, answers: { [vendor]: shape } }, 's');
  const bearer = plain.login(vendor).secret;
  const cookie = `errova_session=${plain.login('errova', 'session-cookie').secret}`;
  const post = (path: string, body: object) => request('POST', path, { bearer, body });
  const create = {
    errova: request('POST', '/api/organizations/acme-inc/machine-tokens', {
      headers: { cookie, ...PAGE },
      body: { label: 'ci', scopes: ['org.read'] },
    }),
    devo: post(DEVO, DEVO_BODY),
    prefactor: post('/api/v1/api_token', { details: { token_scope: 'account' } }),
    bluebricks: post('/api/v1/auth/key', { name: 'ci' }),
  }[vendor];
  plain.sandbox.handle(create);
  const made = plain.sandbox.tokens(vendor).at(-1);
  shaped.sandbox.load(plain.sandbox.save());
  const id = made?.id ?? '';
  const end = {
    errova: request('DELETE', `/api/organizations/acme-inc/machine-tokens/${id}`, { bearer }),
    devo: request('PUT', `${DEVO}/${id}/disable`, { bearer }),
    prefactor: post(`/api/v1/api_token/${id}/revoke`, {}),
    bluebricks: post('/api/v1/auth/key/deactivate', { name: 'ci' }),
  }[vendor];
  const list = {
    errova: '/api/organizations/acme-inc/machine-tokens',
    devo: DEVO,
    prefactor: '/api/v1/api_token',
    bluebricks: '/api/v1/auth/keys',
  }[vendor];
  const again = vendor === 'bluebricks' ? post('/api/v1/auth/key', { name: 'ci-2' }) : create;
  return {
    sandbox: shaped.sandbox,
    create: again,
    end,
    list: request('GET', list, { bearer }),
    /** Is the token alive that `end` is about? */
    isLive: () => shaped.sandbox.tokens(vendor).find((token) => token.id === id)?.live ?? false,
    count: () => shaped.sandbox.tokens(vendor).length,
    send: (it: typeof end) => shown(shaped.sandbox.handle(it)),
    server: shaped,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the JSON
function shown(response: SandboxResponse): Omit<SandboxResponse, 'body'> & { readonly body: any } {
  return response;
}
