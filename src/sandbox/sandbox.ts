import { usage } from '../domain/errors.ts';
import { DOCUMENTED_SHAPE } from './answer-shape.ts';
import type { Assumptions, SeedOptions, VendorOptions } from './assumptions.ts';
import { DEFAULT_ASSUMPTIONS, DEFAULT_SEED } from './assumptions.ts';
import { createBluebricks } from './bluebricks.ts';
import { createDevo } from './devo.ts';
import { createErrova } from './errova.ts';
import { json } from './message.ts';
import { createPrefactor } from './prefactor.ts';
import type { AnswerShapes } from './read-switches.ts';
import { openSaved } from './saved.ts';
import { shapedAnswer } from './shaped-answer.ts';
import type {
  BootstrapLogin,
  Json,
  ProviderId,
  SandboxRequest,
  SandboxResponse,
  TokenView,
  Vendor,
} from './vendor.ts';
import type { World } from './world.ts';

export interface SandboxOptions {
  readonly world: World;
  readonly assumptions?: Partial<Assumptions>;
  /** How each vendor words its answers, where that is not as documented. */
  readonly answers?: AnswerShapes;
  readonly seed?: Partial<SeedOptions>;
}

/** The four vendors behind one address; the path tells whose request it is. */
export interface Sandbox {
  /** Never throws for a request that a client could send. */
  handle(request: SandboxRequest): SandboxResponse;
  /** The same, answered from an earlier `save()`; leaves the present as it is. For a vendor whose list lags. */
  handleAsOf(state: Json, request: SandboxRequest): SandboxResponse;
  readonly logins: readonly BootstrapLogin[];
  /** Milliseconds since 1970, in the sandbox's world. */
  now(): number;
  /** Live tokens whose secrets nobody knows, for long lists. */
  seedTokens(provider: ProviderId, count: number): void;
  tokens(provider: ProviderId): readonly TokenView[];
  /** Holds SHA-256 hashes instead of secrets, except Devo's values, which Devo shows again. */
  save(): Json;
  /** Replaces everything with a saved state and issues fresh logins beside the saved ones. Throws a usage error. */
  load(state: unknown): void;
}

const SCHEMA = 'keyturn.sandbox/1';

export function createSandbox({ world, assumptions, answers, seed }: SandboxOptions): Sandbox {
  const options: VendorOptions = {
    world,
    assumptions: { ...DEFAULT_ASSUMPTIONS, ...assumptions },
    seed: { ...DEFAULT_SEED, ...seed },
  };
  const vendors: readonly Vendor[] = [createErrova, createDevo, createPrefactor, createBluebricks].map(
    (create) => create(options),
  );
  let logins = vendors.flatMap((vendor) => vendor.bootstrap());

  function handle(request: SandboxRequest): SandboxResponse {
    const vendor = vendors.find((candidate) => candidate.owns(request.path));
    if (vendor === undefined) return json(404, { error: 'no vendor of this sandbox has such a path' });
    const shape = { ...DOCUMENTED_SHAPE, ...answers?.[vendor.id] };
    const act = () => vendor.handle(request);
    return shapedAnswer({ request, shape, act, pretend: () => undone(vendor, act) });
  }

  function undone(vendor: Vendor, act: () => SandboxResponse): SandboxResponse {
    const present = vendor.save();
    const answer = act();
    vendor.load(present);
    return answer;
  }

  function vendorOf(provider: ProviderId): Vendor {
    const vendor = vendors.find((candidate) => candidate.id === provider);
    if (vendor === undefined) throw usage(`the sandbox has no provider "${provider}"`);
    return vendor;
  }

  function save(): Json {
    return {
      schema: SCHEMA,
      vendors: Object.fromEntries(vendors.map((vendor) => [vendor.id, vendor.save()])),
    };
  }

  function restore(state: unknown): void {
    const saved = openSaved(state);
    if (saved.text('schema') !== SCHEMA)
      throw usage(
        'the state of the sandbox was written by another version',
        'delete the state file to start afresh',
      );
    for (const vendor of vendors) vendor.load(saved.one('vendors').json(vendor.id));
  }

  return {
    handle,
    handleAsOf(state, request) {
      const present = save();
      restore(state);
      const answer = handle(request);
      restore(present);
      return answer;
    },
    get logins() {
      return logins;
    },
    now: () => world.now(),
    seedTokens: (provider, count) => vendorOf(provider).seedTokens(count),
    tokens: (provider) => vendorOf(provider).tokens(),
    save,
    load(state) {
      restore(state);
      logins = vendors.flatMap((vendor) => vendor.bootstrap());
    },
  };
}
