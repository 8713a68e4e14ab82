import type { World } from './world.ts';

/**
 * What the vendors do not publish and a client must survive either way. The defaults are the likelier answer;
 * `docs/sandbox.md` lists them together with the smaller ones that have no switch.
 */
export interface Assumptions {
  /** May a machine token mint another one? The docs only ever show a browser session doing it. */
  readonly errovaBearerCreate: boolean;
  /** How long a rotated secret goes on working. */
  readonly errovaRotateOverlapSeconds: number;
  /** Does the answer to a create hold the value? If not, it is read with a GET of the one token. */
  readonly devoCreateReturnsToken: boolean;
  /** The vendor's only example lives one day, and no request field asks for more. */
  readonly devoLifetimeSeconds: number;
  /** What a second create with the same idempotency key answers: the same token, no token, or a second one. */
  readonly prefactorIdempotency: 'replay' | 'redacted' | 'ignore';
  /** How the last page says so: the OpenAPI type has null, the vendor's own dashboard mock leaves the field out. */
  readonly prefactorLastPage: 'null' | 'missing';
  /** Lifetime of a token that was created without `expires_at`. */
  readonly prefactorLifetimeSeconds: number;
  /** Lifetime of the session that `bricks login` fetches. */
  readonly bluebricksSessionSeconds: number;
}

/** The customer's side of each vendor: names that a test may want to choose. */
export interface SeedOptions {
  readonly errovaOrg: string;
  /** The multitenant form `child@parent` is allowed; a bare `child` is then refused. */
  readonly devoDomain: string;
  readonly devoRegion: string;
  /** The first one owns the bootstrap token. */
  readonly devoUsers: readonly string[];
  readonly bluebricksRole: 'Admin' | 'Builder' | 'Deployer' | 'Viewer';
}

export interface VendorOptions {
  readonly world: World;
  readonly assumptions: Assumptions;
  readonly seed: SeedOptions;
}

const DAY = 86_400;

export const DEFAULT_ASSUMPTIONS: Assumptions = {
  errovaBearerCreate: false,
  errovaRotateOverlapSeconds: 0,
  devoCreateReturnsToken: false,
  devoLifetimeSeconds: DAY,
  prefactorIdempotency: 'replay',
  prefactorLastPage: 'null',
  prefactorLifetimeSeconds: 365 * DAY,
  bluebricksSessionSeconds: DAY / 2,
};

export const DEFAULT_SEED: SeedOptions = {
  errovaOrg: 'acme-inc',
  devoDomain: 'acme',
  devoRegion: 'us',
  devoUsers: ['admin@example.com', 'user@example.com', 'ci@example.com', 'me@example.com'],
  bluebricksRole: 'Admin',
};
