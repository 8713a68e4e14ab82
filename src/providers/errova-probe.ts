import type { ApiCall, Provider } from '../ports/provider.ts';
import { drift, isFields } from './decode.ts';
import { TOKENS } from './errova-answers.ts';
import { keysOf, machineTokens } from './errova-paths.ts';
import { path } from './path.ts';
import { readRecords } from './records.ts';

/** Inferred, as the list of tokens that it asks for. */
export const probe: Provider['probe'] = {
  request: (_input, settings) => ({ method: 'GET', path: machineTokens(settings) }),
  decode(body) {
    // Nothing at all is no list: whoever answers every GET so knows nothing of the credential.
    if (body === null || (isFields(body) && Object.keys(body).length === 0))
      throw drift('list of tokens', body);
    readRecords(body, TOKENS);
    return { account: null, subject: null, scopes: null, expiresAt: null };
  },
};

/** The one documented call that is the same however often it is sent, on a key that cannot exist. */
export const documentedProbe: ApiCall<void, void> = {
  auth: ['bearer', 'session'],
  request: (_input, settings) => ({
    method: 'PATCH',
    path: keysOf('keyturn-no-such-project', settings) + path`/${'keyturn-no-such-key'}`,
    body: { expiresAt: '2100-01-01T00:00:00Z' },
    repeatable: true,
  }),
  decode: () => undefined,
};
