import type { AuthScheme } from '../ports/provider.ts';

export const bearer: AuthScheme = {
  id: 'bearer',
  headers: (secret) => ({ authorization: `Bearer ${secret.reveal()}` }),
};
