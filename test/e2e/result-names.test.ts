import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// Whoever reads a result knows what was changed, and where: the name and the id, the vendor and the profile.

interface Step {
  readonly args: readonly string[];
  /** What the result must name beside the vendor and the profile. */
  readonly names: RegExp;
  readonly stdin?: string;
  readonly code?: number;
}

interface Vendor {
  readonly title: string;
  readonly login: readonly string[];
  readonly steps: readonly Step[];
}

const SESSION = 'session-cookie';
const one = (name: string, id = '\\S+') => new RegExp(`"${name}[^"]*" \\(id ${id}\\)`);

const VENDORS: Readonly<Record<string, Vendor>> = {
  devo: {
    title: 'Devo',
    login: ['--region', 'us', '--domain', 'acme', '--token-id', '1'],
    steps: [
      { args: ['tokens', 'create', '--name', 'etl', ...DEVO, '--save'], names: one('etl', '2') },
      { args: ['tokens', 'create', '--name', 'b', ...DEVO, '--to', 'file:b.txt'], names: one('b', '3') },
      { args: ['tokens', 'rename', 'b', 'c'], names: /"b" \(id 3\) to "c"/ },
      { args: ['tokens', 'disable', 'c'], names: one('c', '3') },
      { args: ['tokens', 'enable', 'c'], names: one('c', '3') },
      { args: ['tokens', 'disable', 'c', 'etl'], names: /"c" \(id 3\).*\n.*"etl" \(id 2\)/ },
      { args: ['tokens', 'enable', 'c', 'etl'], names: /"c" \(id 3\).*\n.*"etl" \(id 2\)/ },
      { args: ['tokens', 'revoke', 'c'], names: one('c', '3') },
      { args: ['tokens', 'rotate', 'etl'], names: one('etl', '4') },
      { args: ['tokens', 'rotate', 'etl', '--old', '1h'], names: one('etl', '5'), code: 10 },
      { args: ['rotations', 'resume'], names: /"etl-\S+" \(id 4\), new id 5/, code: 10 },
      { args: ['rotations', 'resume', '--now'], names: /"etl-\S+" \(id 4\), new id 5/ },
      { args: ['tokens', 'rotate', 'etl', '--old', '1h'], names: one('etl', '6'), code: 10 },
      { args: ['rotations', 'abort', 'LAST'], names: one('etl', '5') },
      { args: ['tokens', 'rotate', 'etl', '--if-expiring-within', '1h'], names: /nothing is due/ },
      { args: ['tokens', 'rotate', '--all', '--expiring-within', '1h'], names: /nothing is due/ },
      { args: ['tokens', 'delete', 'etl'], names: one('etl', '5') },
      { args: ['apply', 'policy.yaml'], names: one('pol', '7') },
      { args: ['credentials', 'remove', 'pol'], names: /"pol" \(id 7, / },
      { args: ['logout', '--revoke'], names: /\(id 1\)/ },
    ],
  },
  errova: {
    title: 'Errova',
    login: ['--org', 'acme-inc'],
    steps: [
      {
        args: ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--save'],
        names: one('ci'),
        stdin: SESSION,
      },
      { args: ['tokens', 'rotate', 'ci'], names: one('ci') },
      {
        args: ['projects', 'create', '--name', 'Web', '--platform', 'nextjs', '--environment', 'production'],
        names: one('Web'),
      },
      { args: ['keys', 'create', '--project', 'web', '--name', 'be', '--save'], names: one('be') },
      { args: ['keys', 'rotate', 'be', '--project', 'web'], names: one('be') },
      { args: ['keys', 'expire', 'be', '--project', 'web', '--in', '30d'], names: one('be') },
      { args: ['tokens', 'revoke', 'ci'], names: one('ci') },
      { args: ['profiles', 'use', 'work'], names: /"work"/ },
      { args: ['logout'], names: /"work"/ },
    ],
  },
  prefactor: {
    title: 'Prefactor',
    login: [],
    steps: [
      { args: ['tokens', 'create', '--name', 'a', '--expires-in', '30d', '--save'], names: one('a') },
      { args: ['tokens', 'rename', 'a', 'b'], names: /id \S+ "b"/ },
      { args: ['tokens', 'rotate', 'b'], names: one('b') },
      { args: ['tokens', 'revoke', 'b'], names: one('b') },
      { args: ['tokens', 'delete', 'b'], names: one('b') },
      { args: ['profiles', 'rename', 'work', 'play'], names: /"work".*"play"/ },
      { args: ['profiles', 'remove', 'play'], names: /"play"/ },
    ],
  },
  bluebricks: {
    title: 'Bluebricks',
    login: [],
    steps: [
      { args: ['tokens', 'create', '--name', 'bb', '--save'], names: one('bb') },
      { args: ['tokens', 'rotate', 'bb'], names: one('bb') },
      { args: ['tokens', 'disable', 'bb'], names: one('bb') },
    ],
  },
};

const POLICY = `schema: 1
tokens:
  - name: pol
    scopes: ['table://my.app']
    options: { user: ci@example.com, audience: apiv2 }
`;

test.each(Object.entries(VENDORS))('%s', async (vendor, { title, login, steps }) => {
  const rig = await createInProcessRig();
  writeFileSync(`${rig.home.path}/policy.yaml`, POLICY);
  const how = ['--with-token', '--store', 'file', '--url', rig.sandbox.origin, '-p', 'work'];
  const result = await rig.run(['login', vendor, ...login, ...how], { stdin: rig.sandbox.login(vendor) });
  expect(result.stderr).toContain(`logged in to ${title} as profile "work"`);
  for (const { args, names, stdin, code = 0 } of steps) {
    const ready = await Promise.all(args.map((word) => (word === 'LAST' ? lastOperation(rig) : word)));
    const input = stdin === undefined ? {} : { stdin: rig.sandbox.login(vendor, SESSION) };
    const done = await rig.run([...ready, '--yes', '-o', 'human'], input);
    const said = done.stdout + done.stderr;
    expect(done.code, said).toBe(code);
    expect(said, args.join(' ')).toMatch(names);
    const lines = said.split('\n').filter((line) => line.includes(title));
    expect(lines.join('\n'), `${args.join(' ')}: ${said}`).toMatch(/profile work|"work"|"play"/);
  }
});

async function lastOperation({ must }: InProcessRig): Promise<string> {
  const { rotations } = JSON.parse(await must(['rotations', 'list', '--json']));
  return rotations.at(-1).id;
}
