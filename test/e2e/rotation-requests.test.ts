import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

/** How a person logs in at each vendor, and creates the token that is rotated. */
const VENDORS = {
  errova: { place: ['--org', 'acme-inc'], create: ['--scope', 'org.read'] },
  devo: { place: ['--region', 'us', '--domain', 'acme'], create: DEVO },
  prefactor: { place: [], create: ['--expires-in', '30d'] },
  bluebricks: { place: [], create: [] },
} as const;
type Vendor = keyof typeof VENDORS;

/** The requests of one rotation in their order: the method, and what it is sent to. */
async function requestsOfRotation(vendor: Vendor, tokens: number): Promise<readonly string[]> {
  const rig = await createInProcessRig();
  await logIn(rig, vendor);
  rig.sandbox.seedTokens(vendor, tokens);
  const old = await createToken(rig, vendor);
  const before = rig.sandbox.requests.length;
  await rig.must(['tokens', 'rotate', 'ci', '--yes']);
  const sent = rig.sandbox.requests.slice(before);
  return sent.map(({ method, path }) => `${method} ${kindOf(path, old)}`);
}

/** `list` for the path of the list, `old` and `new` for one token, else the last word of the path. */
function kindOf(path: string, old: string): string {
  const word = path.split('?')[0]?.split('/').at(-1) ?? '';
  if (/^(machine-tokens|tokens|api_token|keys?)$/.test(word)) return 'list';
  if (word === old) return 'old';
  return /\d/.test(word) ? 'new' : word;
}

/** Returns the id. At Errova only a browser session creates tokens. */
async function createToken({ must, sandbox }: InProcessRig, vendor: Vendor): Promise<string> {
  const session = vendor === 'errova';
  const create = ['tokens', 'create', '--name', 'ci', ...VENDORS[vendor].create, '--save', 'ci'];
  const printed = await must([...create, '--json', ...(session ? ['--session'] : [])], {
    ...(session && { stdin: sandbox.login('errova', 'session-cookie') }),
  });
  return JSON.parse(printed).token.id;
}

async function logIn({ must, sandbox }: InProcessRig, vendor: Vendor): Promise<void> {
  const login = ['login', vendor, ...VENDORS[vendor].place, '--url', sandbox.origin, '--store', 'file'];
  await must([...login, '--with-token'], { stdin: sandbox.login(vendor) });
}

describe('one rotation sends as many requests in an account of 1,000 tokens as in one of 10', () => {
  test.each<[Vendor, readonly string[]]>([
    ['errova', ['GET list', 'POST rotate', 'GET list', 'GET list']],
    ['devo', ['GET list', 'POST list', 'GET new', 'PUT disable', 'GET new', 'DELETE old', 'GET list']],
    [
      'prefactor',
      [
        ...['GET old', 'GET ping', 'GET list', 'POST list', 'GET new', 'GET ping', 'GET new'],
        ...['POST suspend', 'GET ping', 'GET new', 'POST revoke', 'GET old'],
      ],
    ],
    [
      'bluebricks',
      [
        ...['GET list', 'GET list', 'GET list', 'POST list', 'GET list', 'GET environments', 'GET list'],
        ...['POST deactivate', 'GET list', 'GET environments', 'GET list', 'GET list'],
      ],
    ],
  ])('%s: %j', async (vendor, wanted) => {
    expect(await requestsOfRotation(vendor, 10)).toEqual(wanted);
    expect(await requestsOfRotation(vendor, 1_000)).toEqual(wanted);
  });
});
