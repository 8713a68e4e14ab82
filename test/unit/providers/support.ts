import { type AppError, isAppError } from '../../../src/domain/errors.ts';
import type { Token } from '../../../src/domain/token.ts';
import type { PageContext } from '../../../src/ports/paging.ts';
import type { TokenSpec } from '../../../src/ports/provider.ts';
import type { ErrorAnswer } from '../../../src/ports/request.ts';

export const SPEC: TokenSpec = { name: null, scopes: [], expiresAt: null, options: {}, idempotencyKey: null };

export const TARGET = { id: '42', name: 'ci' };

export const TOKEN: Token = {
  id: '42',
  name: 'ci',
  status: 'active',
  scopes: null,
  createdAt: null,
  expiresAt: null,
  lastUsedAt: null,
  createdBy: null,
  attributes: {},
};

/** The operation, or a failing test where the provider lacks it. */
export function has<T>(operation: T | undefined): T {
  if (operation === undefined) throw new Error('the provider lacks the operation');
  return operation;
}

export function refused(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** The first page of a list, as the client hands its answer to a decoder. */
export function pageContext(more: Partial<PageContext> = {}): PageContext {
  const request = { method: 'GET', path: '/list' } as const;
  const first = { origin: 'https://vendor.example', request, size: 100, index: 0, taken: 0 };
  return { ...first, header: () => null, ...more };
}

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): ErrorAnswer {
  return { status, body, header: (name) => headers[name] ?? null };
}

export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}
