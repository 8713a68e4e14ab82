import type { SandboxRequest } from './vendor.ts';

/**
 * What a request does to a credential: `issue` answers with a new secret (create, rotate), `show` with a secret that
 * there was before, `end` takes it out of use (revoke, delete, disable, expire), `change` is any other write to it.
 */
export type RequestKind = 'issue' | 'show' | 'end' | 'change' | 'other';

const KINDS: readonly (readonly [method: string, path: RegExp, kind: RequestKind])[] = [
  ['POST', /^\/api\/organizations\/.*\/(machine-tokens|keys|rotate)$/, 'issue'],
  ['DELETE', /^\/api\/organizations\//, 'end'],
  ['PATCH', /^\/api\/organizations\/.*\/keys\/[^/]+$/, 'end'],
  ['POST', /^\/ws\/accounts\/[^/]+\/credentials\/tokens$/, 'issue'],
  ['GET', /^\/ws\/accounts\/[^/]+\/credentials\/tokens\/[^/]+$/, 'show'],
  ['PUT', /^\/ws\/accounts\/.*\/disable$/, 'end'],
  ['PUT', /^\/ws\/accounts\/.*\/(enable|rename)$/, 'change'],
  ['DELETE', /^\/ws\/accounts\//, 'end'],
  ['POST', /^\/api\/v1\/api_token$/, 'issue'],
  ['POST', /^\/api\/v1\/api_token\/[^/]+\/(suspend|revoke)$/, 'end'],
  ['POST', /^\/api\/v1\/api_token\/[^/]+\/activate$/, 'change'],
  ['DELETE', /^\/api\/v1\/api_token\//, 'end'],
  ['POST', /^\/api\/v1\/auth\/key$/, 'issue'],
  ['POST', /^\/api\/v1\/auth\/key\/deactivate$/, 'end'],
  ['POST', /^\/api\/v1\/auth\/key\/activate$/, 'change'],
];

export function requestKind({ method, path }: Pick<SandboxRequest, 'method' | 'path'>): RequestKind {
  return KINDS.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2] ?? 'other';
}
