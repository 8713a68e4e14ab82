import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** A request that found its route. */
export interface Call {
  readonly request: SandboxRequest;
  /** The decoded path segment that stood where the pattern has `:name`. */
  param(name: string): string;
}

export type Handler = (call: Call) => SandboxResponse;

export interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handle: Handler;
}

export type RouteMatch =
  | { readonly kind: 'found'; readonly answer: () => SandboxResponse }
  | { readonly kind: 'wrong-method' }
  | { readonly kind: 'none' };

/** `pattern` is a path in which a segment that starts with `:` matches anything but the empty string. */
export function route(method: string, pattern: string, handle: Handler): Route {
  return { method, segments: pattern.split('/'), handle };
}

export function findRoute(routes: readonly Route[], request: SandboxRequest): RouteMatch {
  const path = request.path.split('/');
  const onPath = routes.filter((candidate) => fits(candidate.segments, path));
  const found = onPath.find((candidate) => candidate.method === request.method);
  if (found === undefined) return { kind: onPath.length > 0 ? 'wrong-method' : 'none' };
  const param = (name: string): string => path[found.segments.indexOf(`:${name}`)] ?? '';
  return { kind: 'found', answer: () => found.handle({ request, param }) };
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => {
      const actual = path[index] ?? '';
      return segment.startsWith(':') ? actual !== '' : segment === actual;
    })
  );
}
