import type { AuthScheme } from '../ports/request.ts';

export const bearer: AuthScheme = {
  id: 'bearer',
  headers: (secret) => ({ authorization: `Bearer ${secret.reveal()}` }),
};
