import { AppError } from '../../src/domain/errors.ts';
import { parseJsonBytes } from '../../src/domain/parse-json.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { NextPage, Page, PagedApiCall } from '../../src/ports/paging.ts';
import type { ApiCall, Provider } from '../../src/ports/provider.ts';
import type { AuthScheme, HttpRequest, Settings } from '../../src/ports/request.ts';
import type { Assumptions } from '../../src/sandbox/assumptions.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ProviderId } from '../../src/sandbox/vendor.ts';

export const START = Date.UTC(2026, 10, 22, 12, 0, 0);

/** A sandbox in this process, a clock that stands still until moved, and every secret that was ever issued. */
export interface World {
  readonly sandbox: Sandbox;
  readonly issued: readonly string[];
  now: number;
}

export function createWorld(assumptions: Partial<Assumptions> = {}): World {
  const issued: string[] = [];
  let seed = 1;
  const world: Omit<World, 'sandbox'> = { issued, now: START };
  const sandbox = createSandbox({
    assumptions,
    world: {
      now: () => world.now,
      random: (count) => Uint8Array.from({ length: count }, () => next()),
      onSecret: (secret) => issued.push(secret),
    },
  });
  return Object.assign(world, { sandbox });

  function next(): number {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) & 0xff;
  }
}

/** Somebody at a provider: what the engine does with operations, without a wire. */
export class Caller {
  readonly settings: Settings;
  readonly provider: Provider;
  readonly secret: Secret;
  readonly #world: World;
  readonly #auth: AuthScheme;

  constructor(
    world: World,
    provider: Provider,
    who: { settings: Settings; auth: AuthScheme; secret: Secret },
  ) {
    this.#world = world;
    this.provider = provider;
    this.settings = who.settings;
    this.secret = who.secret;
    this.#auth = who.auth;
  }

  as(secret: Secret): Caller {
    const auth = this.provider.auth[0];
    return new Caller(this.#world, this.provider, { settings: this.settings, auth, secret });
  }

  call<I, O>(operation: ApiCall<I, O>, input: I): O {
    return operation.decode(this.send(operation.request(input, this.settings)), input);
  }

  list<I, T>(operation: PagedApiCall<I, T>, input: I, size = operation.maxPageSize): readonly T[] {
    const items: T[] = [];
    let next: NextPage | null = null;
    for (let index = 0; index < 100; index += 1) {
      const first = operation.request(input, this.settings, { size, isPlain: false, newestFirst: false });
      const request: HttpRequest =
        next === null ? first : { ...first, query: { ...first.query, ...next.query } };
      const before = { index, taken: items.length };
      const context = { origin: 'https://vendor.example', request, size, header: () => null, ...before };
      const answer: Page<T> = operation.decode(this.send(request), context);
      items.push(...answer.items);
      next = answer.paging.next;
      if (next === null || answer.items.length === 0) return items;
    }
    throw new Error('the list does not end');
  }

  /** Throws the vendor's refusal as the engine would. */
  send(request: HttpRequest): unknown {
    const body = new TextEncoder().encode(request.body === undefined ? '' : JSON.stringify(request.body));
    const answer = this.#world.sandbox.handle({
      method: request.method,
      path: decodeURIComponent(request.path),
      rawPath: request.path,
      query: new URLSearchParams(request.query),
      headers: { ...request.headers, ...this.#auth.headers(this.secret) },
      body,
    });
    const text = answer.body === null ? '' : JSON.stringify(answer.body);
    const parsed = parseJsonBytes(new TextEncoder().encode(text));
    if (answer.status >= 200 && answer.status <= 299) return parsed;
    const problem = this.provider.readError({
      status: answer.status,
      body: parsed,
      header: (name) => answer.headers[name.toLowerCase()] ?? null,
      secret: this.secret,
    });
    throw new AppError({ ...problem, status: answer.status });
  }
}

/** The credential that a person would have before automating anything; `scheme` where the vendor has two. */
export function logIn(world: World, provider: Provider, scheme: AuthScheme['id'] = 'bearer'): Caller {
  const login = world.sandbox.logins.find(
    (one) => one.provider === provider.id && one.scheme.startsWith(scheme),
  );
  const auth = provider.auth.find((one) => one.id === scheme);
  if (!login || !auth) throw new Error(`no ${scheme} login for ${provider.id}`);
  return new Caller(world, provider, { settings: login.settings, auth, secret: Secret.of(login.secret) });
}

export function idOf(provider: Provider): ProviderId {
  const known: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];
  const found = known.find((id) => id === provider.id);
  if (found === undefined) throw new Error(`the sandbox does not play ${provider.id}`);
  return found;
}
