import { usage } from '../domain/errors.ts';
import type { AuthScheme } from '../ports/request.ts';

/** The browser's `errova_session` cookie. Errova checks where a request with a cookie comes from. */
export const session: AuthScheme = {
  id: 'session',
  headers(secret) {
    const value = secret.reveal().replace(/^errova_session=/, '');
    if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(value)) {
      throw usage(
        'that is not the value of one cookie',
        'copy the value of `errova_session` and nothing else',
      );
    }
    return {
      cookie: `errova_session=${value}`,
      origin: 'https://errova.com',
      referer: 'https://errova.com/',
    };
  },
};
