import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type OddAnswer, type OddRequest, startOddVendor } from '../support/odd-vendor.ts';
import { createTestHome } from '../support/temp.ts';

const PROVIDERS = ['errova', 'devo', 'prefactor', 'bluebricks'] as const;
type ProviderName = (typeof PROVIDERS)[number];

const UUID = '11111111-1111-4111-8111-111111111111';
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** A record of each provider with this id, name and end. */
function record(
  provider: ProviderName,
  more: { id: unknown; name?: unknown; end?: unknown; made?: unknown },
) {
  const { id, name = 'ci', end = null, made = '2026-01-01T00:00:00Z' } = more;
  const records = {
    errova: { id, label: name, scopes: ['org.read'], createdAt: made, expiresAt: end },
    devo: {
      id,
      name,
      scope: 'table://my.app',
      user: 'a@b.example',
      audience: 'apiv2',
      active: true,
      created: made,
      expiration: end,
    },
    prefactor: {
      id,
      type: 'api_token',
      token_scope: 'account',
      status: 'active',
      inserted_at: made,
      expires_at: end,
    },
    bluebricks: { id, name, created_at: made, expiration_time: end, is_disabled: false },
  };
  return records[provider];
}

function listed(provider: ProviderName, records: readonly unknown[], more: object = {}): object {
  if (provider === 'devo') return Object.keys(more).length === 0 ? records : { tokens: records, ...more };
  const names = { errova: 'machineTokens', prefactor: 'summaries', bluebricks: 'list' };
  const total = provider === 'bluebricks' ? { total: records.length } : {};
  const status = provider === 'prefactor' ? { status: 'success' } : {};
  return { ...status, [names[provider]]: records, ...total, ...more };
}

/** A vendor with a list; what is not the list is 404. */
const lister =
  (body: () => unknown) =>
  (request: OddRequest): OddAnswer => {
    if (request.path.endsWith('/ping')) return { body: { status: 'success', details: {} } };
    const isList = /(machine-tokens|tokens|api_token|keys)$/.test(request.path);
    return request.method === 'GET' && isList ? { body: body() } : { status: 404, body: {} };
  };

describe.each(PROVIDERS)('one odd record at %s', (provider) => {
  const plain = record(provider, { id: 'plain', name: 'plain' });

  test.each([
    ['a null name', { id: 'x1', name: null }, 'x1'],
    ['an empty name', { id: 'x1', name: '' }, 'x1'],
    ['an id that begins with _', { id: '_x1' }, '_x1'],
    ['an id that begins with -', { id: '-x1' }, '-x1'],
    ['an id of base64', { id: 'a+b/c==' }, 'a+b/c=='],
    ['an id of an address', { id: 'a@b.c:d' }, 'a@b.c:d'],
    ['a number as id', { id: 77 }, '77'],
    ['an id that is a path', { id: '../x' }, '../x'],
    ['an id with blanks', { id: 'a b' }, 'a b'],
    ['a very long id', { id: 'y'.repeat(600) }, 'y'.repeat(600)],
    ['an end that nobody can read', { id: 'x1', end: '5.12.2026' }, 'x1'],
  ])('%s is shown as it is, and hides nothing', async (_, odd, shown) => {
    const vendor = await startOddVendor(
      provider,
      lister(() => listed(provider, [record(provider, odd), plain])),
    );
    const { code, stdout, stderr } = await vendor.run(['tokens', 'list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).tokens.map(({ id }: { id: string }) => id)).toEqual([shown, 'plain']);
  });

  test.each([
    ['null', null],
    ['text', 'x'],
    ['a record without an id', { name: 'nameless' }],
    ['a record whose id is null', { id: null, name: 'nameless' }],
  ])('%s is told of, and hides nothing', async (_, odd) => {
    const vendor = await startOddVendor(
      provider,
      lister(() => listed(provider, [plain, odd])),
    );
    const { code, stdout, stderr } = await vendor.run(['tokens', 'list', '-o', 'name']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'id:plain\n' });
    expect(stderr).toContain('1 record without an id is not shown');
  });

  test.each([
    ['null', null],
    ['an empty answer', undefined],
    ['a total of 0', { total: 0 }],
    ['null in the place of the list', 'named'],
    ['an empty list', []],
  ])('%s is an empty list', async (_, body) => {
    const names = { errova: 'machineTokens', devo: 'tokens', prefactor: 'summaries', bluebricks: 'list' };
    const empty = body === 'named' ? { [names[provider]]: null } : body;
    const vendor = await startOddVendor(
      provider,
      lister(() => empty),
    );
    const { code, stdout, stderr } = await vendor.run(['tokens', 'list']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'no tokens\n' });
  });

  test('204 is an empty list', async () => {
    const vendor = await startOddVendor(provider, () => ({ status: 204 }));
    expect(await vendor.run(['tokens', 'list'])).toMatchObject({ code: 0, stderr: 'no tokens\n' });
  });

  test('a record that cannot be addressed is not acted upon, and the reason is told', async () => {
    if (provider === 'bluebricks') return;
    const vendor = await startOddVendor(
      provider,
      lister(() => listed(provider, [record(provider, { id: '..' })])),
    );
    const verb = provider === 'errova' ? 'revoke' : 'disable';
    const { code, stderr } = await vendor.run(['tokens', verb, 'id:..', '--yes', '--allow-self']);
    expect(code).toBe(2);
    expect(stderr).toContain('the id or name ".." cannot be part of an address');
    expect(vendor.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('a list that is not whole', () => {
  const cut = (name = 'ci') =>
    lister(() => ({ machineTokens: [record('errova', { id: 'mt_1', name })], total: 2 }));

  test.each(['human', 'tsv', 'json', 'yaml', 'ndjson', 'name'])(
    'is shown as %s with a note',
    async (format) => {
      const vendor = await startOddVendor('errova', cut());
      const { code, stdout, stderr } = await vendor.run(['tokens', 'list', '-o', format]);
      expect(code).toBe(0);
      expect(stdout).toContain('mt_1');
      expect(stderr).toContain('not complete, there may be more: the provider counts 2 and gave 1');
    },
  );

  test('proves what it shows', async () => {
    let gone = false;
    const vendor = await startOddVendor('errova', (request) => {
      gone ||= request.method === 'DELETE';
      if (request.method === 'DELETE') return { status: 204 };
      return gone ? lister(() => ({ machineTokens: [] }))(request) : cut()(request);
    });
    expect(await vendor.run(['tokens', 'revoke', 'ci', '--yes', '--allow-self'])).toMatchObject({ code: 0 });
  });

  test.each(['id:mt_2', 'name:other', 'other'])('proves no absence of %s', async (reference) => {
    const vendor = await startOddVendor('errova', cut());
    for (const args of [['revoke'], ['rotate', '--save']]) {
      const { code, stderr } = await vendor.run(['tokens', ...args, '--yes', '--', reference]);
      expect(code).toBe(7);
      expect(stderr).toContain('cannot be sure: no token');
    }
    expect(vendor.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('keeps a policy from making a token that may be there', async () => {
    const vendor = await startOddVendor(
      'devo',
      lister(() => listed('devo', [record('devo', { id: 1 })], { total: 2 })),
    );
    const home = createTestHome();
    const file = join(home.path, 'policy.yaml');
    const wanted = 'scopes: ["table://my.app"], options: { user: a@b.example, audience: apiv2 }, save: other';
    writeFileSync(file, `schema: 1\ntokens:\n  - { name: other, ${wanted} }\n`);
    for (const verb of ['plan', 'apply']) {
      const { code, stdout, stderr } = await vendor.run([verb, file, '--yes']);
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain('cannot be sure');
    }
    home.remove();
    expect(vendor.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test.each(['devo', 'errova'] as const)('never says that nothing was left behind (%s)', async (provider) => {
    const vendor = await startOddVendor(provider, (request) => {
      if (request.method !== 'GET') return 'cut';
      return lister(() => listed(provider, [record(provider, { id: 1, name: 'x' })], { total: 2 }))(request);
    });
    const own = provider === 'devo' ? ['--user', 'a@b.example', '--audience', 'apiv2'] : [];
    const scope = provider === 'devo' ? 'table://my.app' : 'org.read';
    const { code, stderr } = await vendor.run([
      'tokens',
      'create',
      '--name',
      'ci',
      '--scope',
      scope,
      ...own,
      '--save',
    ]);
    expect(code).toBe(11);
    expect(stderr).not.toContain('nothing was left');
    expect(stderr).toContain('cannot be looked up');
  });
});

describe('Bluebricks', () => {
  test('without any key answers 404, which is an empty list', async () => {
    const vendor = await startOddVendor('bluebricks', () => ({
      status: 404,
      body: { statusCode: 404, message: 'Key not found in organization' },
    }));
    expect(await vendor.run(['tokens', 'list'])).toMatchObject({ code: 0, stderr: 'no tokens\n' });
    expect(await vendor.run(['whoami'])).toMatchObject({ code: 0 });
    const other = await startOddVendor('bluebricks', () => ({
      status: 404,
      body: { message: 'no such page' },
    }));
    expect(await other.run(['tokens', 'list'])).toMatchObject({ code: 5 });
  });

  test('that refuses a hundred records a page is asked for twenty', async () => {
    const all = Array.from({ length: 45 }, (_, index) =>
      record('bluebricks', { id: `${UUID}${index}`, name: `k${index}` }),
    );
    const vendor = await startOddVendor('bluebricks', ({ query }) => {
      if (Number(query.get('limit')) > 50)
        return { status: 400, body: { statusCode: 400, message: 'limit must be at most 50' } };
      const from = Number(query.get('offset'));
      return { body: { total: all.length, list: all.slice(from, from + Number(query.get('limit'))) } };
    });
    const { code, stdout } = await vendor.run(['tokens', 'list', '-o', 'name']);
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 45 });
    expect(vendor.requests.map(({ query }) => query.get('limit'))).toEqual(['100', '20', '20', '20']);
  });
});

describe('Prefactor', () => {
  const all = Array.from({ length: 150 }, (_, index) => record('prefactor', { id: `p${index}` }));
  const page = ({ query }: OddRequest) => {
    const from = Number(query.get('pagination[offset]'));
    return { status: 'success', pagination: null, summaries: all.slice(from, from + 100) };
  };

  test('is asked in an order, and on after a full page without pagination', async () => {
    const vendor = await startOddVendor('prefactor', (request) => ({ body: page(request) }));
    const { stdout } = await vendor.run(['tokens', 'list', '-o', 'name']);
    expect(stdout.trim().split('\n')).toHaveLength(150);
    expect(vendor.requests.map(({ query }) => query.get('sorting[field]'))).toEqual(['id', 'id']);
  });

  test('that knows no order is asked without', async () => {
    const vendor = await startOddVendor('prefactor', (request) =>
      request.query.has('sorting[field]')
        ? { status: 422, body: { status: 'error', code: 'validation_errors', message: 'sorting' } }
        : { body: page(request) },
    );
    const { stdout } = await vendor.run(['tokens', 'list', '-o', 'name']);
    expect(stdout.trim().split('\n')).toHaveLength(150);
  });
});

describe('a date that nobody can read', () => {
  const TEXT = '5.12.2026';
  const errova = () =>
    startOddVendor(
      'errova',
      lister(() => listed('errova', [record('errova', { id: 'mt_1', end: TEXT })])),
    );

  test('is shown with its text, in every format', async () => {
    const vendor = await errova();
    for (const format of ['human', 'tsv']) {
      expect((await vendor.run(['tokens', 'list', '-o', format])).stdout).toContain(`unreadable: ${TEXT}`);
    }
    const { tokens } = JSON.parse((await vendor.run(['tokens', 'list', '--json'])).stdout);
    expect(tokens).toMatchObject([{ expiresAt: null, unreadable: { expiresAt: TEXT } }]);
  });

  test.each([['--expiring-within'], ['--due-within']])('is due for %s', async (option) => {
    const vendor = await errova();
    const { stdout } = await vendor.run(['tokens', 'list', option, '1d', '-o', 'name']);
    expect(stdout).toBe('id:mt_1\n');
  });

  test.each([
    ['rotate --all', ['tokens', 'rotate', '--all', '--expiring-within', '1d']],
    ['rotate --if', ['tokens', 'rotate', 'ci', '--if-expiring-within', '1d']],
  ])('is due for %s', async (_, args) => {
    const vendor = await errova();
    const { code, stdout } = await vendor.run([...args, '--save', '--allow-self', '--dry-run']);
    expect({ code, isDue: stdout.includes('rotate') }).toEqual({ code: 0, isDue: true });
  });

  test('keeps the successor from an end that nobody chose', async () => {
    const records = [
      record('prefactor', { id: 'p1', end: TEXT }),
      record('prefactor', { id: 'p2', end: inDays(10), made: TEXT }),
    ];
    const vendor = await startOddVendor('prefactor', (request) => {
      const one = records.find((each) => request.path.endsWith(`/${String((each as { id: unknown }).id)}`));
      return one
        ? { body: { status: 'success', details: one } }
        : lister(() => listed('prefactor', records))(request);
    });
    for (const id of ['p1', 'p2']) {
      const { code, stderr } = await vendor.run([
        ...['tokens', 'rotate', `id:${id}`, '--save', 'a', '--allow-self', '--yes'],
      ]);
      expect(code).toBe(2);
      expect(stderr).toContain('--expires-in');
      const chosen = ['tokens', 'rotate', `id:${id}`, '--save', 'a', '--expires-in', '30d'];
      expect(await vendor.run([...chosen, '--allow-self', '--dry-run'])).toMatchObject({ code: 0 });
    }
    expect(vendor.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('of Devo is counted from the whole life that the token was given', async () => {
    const fields = { expiration: TEXT, expires_in_seconds: 86_400, created: '2026-01-01T00:00:00Z' };
    const vendor = await startOddVendor(
      'devo',
      lister(() => [{ ...record('devo', { id: 1 }), ...fields }]),
    );
    const { tokens } = JSON.parse((await vendor.run(['tokens', 'list', '--json'])).stdout);
    expect(tokens).toMatchObject([{ expiresAt: '2026-01-02T00:00:00Z', status: 'expired' }]);
  });
});

describe('tokens rotate --all', () => {
  test('names what has ended already, and how to rotate it', async () => {
    const vendor = await startOddVendor(
      'devo',
      lister(() => [record('devo', { id: 7, end: inDays(-2) })]),
    );
    const { stderr } = await vendor.run(['tokens', 'rotate', '--all', '--expiring-within', '14d', '--yes']);
    expect(stderr).toContain('"ci" (id:7) has ended already and is skipped; `keyturn tokens rotate id:7`');
  });

  test('takes what is older, and tells of what has no age', async () => {
    const records = [
      record('errova', { id: 'old', name: 'old', made: inDays(-100) }),
      record('errova', { id: 'new', name: 'new', made: inDays(-1) }),
      record('errova', { id: 'ageless', name: 'ageless', made: null }),
    ];
    const vendor = await startOddVendor(
      'errova',
      lister(() => listed('errova', records)),
    );
    expect((await vendor.run(['tokens', 'list', '--older-than', '90d', '-o', 'name'])).stdout).toBe(
      'id:old\n',
    );
    const args = ['tokens', 'rotate', '--all', '--older-than', '90d', '--save', '--allow-self', '--dry-run'];
    const { code, stdout, stderr } = await vendor.run(args);
    expect(code).toBe(0);
    expect(
      new Set(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.split('\t')[0]),
      ),
    ).toEqual(new Set(['old']));
    expect(stderr).toContain('1 token is skipped: the provider does not tell when it was made');
  });

  test('needs a filter, and takes one name of it', async () => {
    const vendor = await startOddVendor(
      'errova',
      lister(() => []),
    );
    expect(await vendor.run(['tokens', 'rotate', '--all', '--yes'])).toMatchObject({ code: 2 });
    const both = ['tokens', 'list', '--expiring-within', '1d', '--due-within', '1d'];
    expect(await vendor.run(both)).toMatchObject({ code: 2 });
  });
});
