import { plain } from './ambiguous-secrets.ts';

/** Where vendors put the thing that an answer is about. Compared without case, `_` and `-`. */
export const WRAPPERS: ReadonlySet<string> = new Set(
  ['data', 'result', 'response', 'payload', 'details', 'item', 'attributes', 'embedded']
    .concat(
      ['token', 'machineToken', 'apiToken', 'accessToken', 'credential', 'credentials'],
      ['key', 'apiKey', 'dsnKey', 'projectKey', 'project'],
    )
    .map(plain),
);
