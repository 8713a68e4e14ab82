import type { ProviderId } from '../../src/sandbox/vendor.ts';
import type { TestSandbox } from './sandbox.ts';

/** One command that makes a secret, and what must be true once it is finished, however often it was killed. */
export interface KillScenario {
  readonly name: string;
  readonly provider: ProviderId;
  /** The commands before it; `stdin` is what they read. */
  readonly before: readonly Step[];
  readonly command: Step;
  /** The same once more, after an operation that was taken back; the command itself where it is not given. */
  readonly again?: Step;
  /** `create` makes one more; `overlap` a new one in the place of an old one; `in-place` gives the same one another secret. */
  readonly change: 'create' | 'overlap' | 'in-place';
  /** The name in the store under which the new secret is found. */
  readonly saved: string;
  /** A file in the home that holds the new secret too. */
  readonly destination?: string;
  readonly graceMs?: number;
  /** The managing credential replaces itself. */
  readonly self?: boolean;
  /** Where the new secret is a key's. */
  readonly isKey?: boolean;
  readonly isLogin?: boolean;
  readonly store?: 'file' | 'passphrase';
}

export interface Step {
  readonly args: readonly string[];
  readonly stdin?: (world: TestSandbox) => string;
}

const HOUR = 60 * 60 * 1000;
const session = (world: TestSandbox): string => world.login('errova', 'session-cookie');
const step = (...args: readonly string[]): Step => ({ args });

const ERROVA_LOGIN: Step = {
  args: ['login', 'errova', '--org', 'acme-inc', '--session', '--name', 'boss'],
  stdin: session,
};
const ERROVA_CREATE: Step = {
  args: ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--save'],
  stdin: session,
};
const withToken = (provider: string, ...settings: readonly string[]): Step => ({
  args: ['login', provider, ...settings, '--with-token'],
  stdin: (world) => world.login(provider),
});
const DEVO_LOGIN = withToken('devo', '--region', 'us', '--domain', 'acme');
const DEVO_CREATE = (name: string, audience = 'apiv2'): Step =>
  step(
    ...['tokens', 'create', '--name', name, '--user', 'admin@example.com'],
    ...['--audience', audience, '--scope', 'table://my.app', '--save'],
  );
const PREFACTOR_LOGIN = withToken('prefactor');
const PREFACTOR_CREATE = step('tokens', 'create', '--name', 'ci', '--expires-in', '30d', '--save');
const BLUEBRICKS_LOGIN = withToken('bluebricks');
const BLUEBRICKS_CREATE = step('tokens', 'create', '--name', 'ci', '--save');
const BLUEBRICKS_AGAIN = step('tokens', 'create', '--name', 'ci-2', '--save', 'ci');
const ROTATE = step('tokens', 'rotate', 'ci', '--yes');
const ROTATE_TO_FILE = step(
  'tokens',
  'rotate',
  'ci',
  '--yes',
  '--to',
  'file:token',
  '--to',
  'env:.env#TOKEN',
);
const ROTATE_WITH_GRACE = step('tokens', 'rotate', 'ci', '--yes', '--grace', '1h');

export const KILL_SCENARIOS: readonly KillScenario[] = [
  ...family('errova', ERROVA_LOGIN, ERROVA_CREATE, 'in-place'),
  {
    ...{ name: 'errova: login --session', provider: 'errova', before: [], command: ERROVA_LOGIN },
    ...{ change: 'create', saved: 'errova', isLogin: true },
  },
  {
    ...{ name: 'errova: keys rotate', provider: 'errova', change: 'in-place', saved: 'backend', isKey: true },
    before: [
      ERROVA_LOGIN,
      step('projects', 'create', '--name', 'Web App', '--platform', 'nextjs'),
      step('keys', 'create', '--project', 'web-app', '--name', 'backend', '--save'),
    ],
    command: step('keys', 'rotate', 'backend', '--project', 'web-app', '--yes'),
  },
  {
    ...{ name: 'errova: rotate itself', provider: 'errova', change: 'in-place', saved: 'errova', self: true },
    before: [ERROVA_LOGIN],
    command: step('tokens', 'rotate', 'boss', '--yes', '--allow-self'),
  },
  ...family('devo', DEVO_LOGIN, DEVO_CREATE('ci'), 'overlap'),
  ...family('prefactor', PREFACTOR_LOGIN, PREFACTOR_CREATE, 'overlap'),
  // A name is taken for ever, also by a token that was taken back.
  ...family('bluebricks', BLUEBRICKS_LOGIN, BLUEBRICKS_CREATE, 'overlap').map((one) =>
    one.change === 'create' ? { ...one, again: BLUEBRICKS_AGAIN } : one,
  ),
];

function family(
  provider: ProviderId,
  login: Step,
  create: Step,
  change: 'overlap' | 'in-place',
): readonly KillScenario[] {
  const base = { provider, before: [login, create], saved: 'ci' } as const;
  const rotation = { ...base, change };
  return [
    { ...base, name: `${provider}: tokens create`, before: [login], command: create, change: 'create' },
    { ...rotation, name: `${provider}: tokens rotate`, command: ROTATE },
    { ...rotation, name: `${provider}: tokens rotate, sealed store`, command: ROTATE, store: 'passphrase' },
    { ...rotation, name: `${provider}: tokens rotate --to`, command: ROTATE_TO_FILE, destination: 'token' },
    ...(change === 'overlap'
      ? [
          {
            ...rotation,
            name: `${provider}: tokens rotate --grace`,
            command: ROTATE_WITH_GRACE,
            graceMs: HOUR,
          },
        ]
      : []),
  ];
}
