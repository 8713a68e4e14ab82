import type { ApiCall, Provider } from '../../ports/provider.ts';
import { path } from '../path.ts';
import { keysOf } from './errova-paths.ts';
import { type Hook, settingOf } from './hook.ts';

/** What tells a missing list from a missing organization: lists are inferred. */
export const errovaReach: Hook = (provider) => ({
  ...provider,
  documentedProbe: documentedProbe(provider),
  isPlaceMissing: (message) => /\borgani[sz]ation\b/i.test(message),
});

/** The one documented call that is the same however often it is sent, on a key that cannot exist. */
function documentedProbe(provider: Provider): ApiCall<void, void> {
  const org = settingOf(provider, 'org');
  return {
    auth: ['bearer', 'session'],
    request: (_input, settings) => ({
      method: 'PATCH',
      path: keysOf('keyturn-no-such-project', settings, org) + path`/${'keyturn-no-such-key'}`,
      body: { expiresAt: '2100-01-01T00:00:00Z' },
      repeatable: true,
    }),
    decode: () => undefined,
  };
}
