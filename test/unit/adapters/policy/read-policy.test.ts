import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPolicy } from '../../../../src/adapters/policy/read-policy.ts';
import { isAppError } from '../../../../src/domain/errors.ts';
import { POLICY_PATTERNS } from '../../../../src/domain/policy.ts';

const schema = JSON.parse(readFileSync('schemas/policy.schema.json', 'utf8'));
// `deliver` is required under `then` only, which is what strictness would complain of.
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

const read = (text: string) =>
  readPolicy(new TextEncoder().encode(text), { shown: 'policy.yaml', folder: '/etc/keyturn' });

async function refusal(text: string) {
  try {
    await read(text);
  } catch (error) {
    if (isAppError(error, 'usage')) return error;
    throw error;
  }
  return null;
}

const full = `# all of it
schema: 1
tokens:
  - name: ci-deploy
    profile: acme
    scopes: [org.read, "table://my.app.**"]
    options: { user: me@example.com, token-scope: account }
    lifetime: 90d
    maximumAge: 30d
    renewBefore: 14d
    grace: 24h
    deliver: ['file:./token', 'env:.env#TOKEN', 'exec:vault kv put x -']
    save: deploy
`;
const one = (more: string) => `schema: 1\ntokens:\n  - { name: ci, ${more} }\n`;

const GOOD: readonly (readonly [string, string])[] = [
  ['everything', full],
  ['a name alone', 'schema: 1\ntokens: [{ name: ci }]'],
  ['save: true', one('save: true')],
  ['save: false with a destination', one('save: false, deliver: ["file:x"]')],
  ['empty lists', one('scopes: [], deliver: [], options: {}')],
  ['a long name', one('').replace('ci', 'a'.repeat(100))],
  ['weeks', one('maximumAge: 999w')],
  ['an option that is called true', one('options: { true: "yes" }')],
  ['a text that looks like a number', one('options: { user: "17" }')],
];

/** Wrong in shape: schema and reader say so alike, and the reader says what to do. */
const BAD: readonly (readonly [string, string, string])[] = [
  ['an unknown key', 'schema: 1\nextra: 1\ntokens: [{ name: ci }]', 'the keys are'],
  ['an unknown key of a token', one('maximum-age: 30d'), 'the keys are'],
  ['no schema', 'tokens: [{ name: ci }]', 'schema: 1'],
  ['a schema that is text', 'schema: "1"\ntokens: [{ name: ci }]', 'schema: 1'],
  ['a newer schema', 'schema: 2\ntokens: [{ name: ci }]', 'newer keyturn'],
  ['no tokens', 'schema: 1', 'fix the file'],
  ['no token in the list', 'schema: 1\ntokens: []', 'fix the file'],
  ['a mapping for the tokens', 'schema: 1\ntokens: { name: ci }', 'fix the file'],
  ['nothing for the tokens', 'schema: 1\ntokens:', 'fix the file'],
  ['a list for the policy', '- schema: 1', 'fix the file'],
  ['a token that is text', 'schema: 1\ntokens: [ci]', 'fix the file'],
  ['a token that is nothing', 'schema: 1\ntokens:\n  -', 'fix the file'],
  ['a token without a name', 'schema: 1\ntokens: [{ save: true }]', 'fix the file'],
  ['a name that is a number', 'schema: 1\ntokens: [{ name: 5 }]', '100 characters'],
  ['a name that is empty', 'schema: 1\ntokens: [{ name: "" }]', '100 characters'],
  ['a name with a blank', 'schema: 1\ntokens: [{ name: my token }]', '100 characters'],
  ['a name that is too long', one('').replace('ci', 'a'.repeat(101)), '100 characters'],
  ['a name with a mark', 'schema: 1\ntokens: [{ name: ci-20261122-7f3a9c21 }]', '100 characters'],
  ['a profile that is nothing', one('profile: '), 'name of a profile'],
  ['a profile that is a list', one('profile: [a]'), 'name of a profile'],
  ['scopes that are text', one('scopes: org.read'), 'fix the file'],
  ['a scope that is a number', one('scopes: [1]'), 'a text of its own'],
  ['a scope with a bell', one('scopes: ["a\\u0007"]'), 'a text of its own'],
  ['the same scope twice', one('scopes: [a, a]'), 'fix the file'],
  ['options that are a list', one('options: [user]'), 'fix the file'],
  ['options that are nothing', one('options: '), 'fix the file'],
  ['an option with dashes', one('options: { --user: a }'), 'without dashes'],
  ['an option that is a number', one('options: { user: 17 }'), 'as text'],
  ['a bare number of days', one('maximumAge: 30'), 'a number and a unit'],
  ['months', one('maximumAge: 3mo'), 'a number and a unit'],
  ['zero', one('grace: 0h'), 'a number and a unit'],
  ['a compound', one('grace: 1d12h'), 'a number and a unit'],
  ['more than any life', one('lifetime: 99999d'), 'a number and a unit'],
  ['a negative time', one('renewBefore: "-3d"'), 'a number and a unit'],
  ['a destination that is none', one('deliver: [https://example.com]'), 'write file:PATH'],
  ['a destination without a place', one('deliver: ["file:"]'), 'write file:PATH'],
  ['a destination that is a mapping', one('deliver: [{ file: x }]'), 'write file:PATH'],
  ['the same destination twice', one('deliver: ["file:x", "file:x"]'), 'fix the file'],
  ['save as a number', one('save: 1'), 'write the name of'],
  ['save as nothing', one('save: '), 'write the name of'],
  ['save as text that is empty', one('save: ""'), 'write the name of'],
  ['save with a slash', one('save: a/b'), 'write the name of'],
  ['a secret that goes nowhere', one('save: false'), 'add a destination'],
  ['a secret that goes to no destination', one('save: false, deliver: []'), 'add a destination'],
];

/** Wrong in a way that a schema cannot say. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ['the same name twice', 'schema: 1\ntokens:\n  - name: ci\n  - name: ci\n    save: other\n', 'same name'],
  ['the same entry twice', 'schema: 1\ntokens:\n  - name: a\n  - name: b\n    save: a\n', 'saves two tokens'],
  [
    'the same file in two words',
    'schema: 1\ntokens:\n  - { name: a, deliver: ["file:x"] }\n  - { name: b, deliver: ["file:./x"] }\n',
    'same place',
  ],
  ['renewal before birth', one('lifetime: 7d, renewBefore: 1w'), 'not shorter'],
  ['a key twice', 'schema: 1\nschema: 1\ntokens: [{ name: ci }]', 'same key twice'],
  ['an anchor', 'schema: 1\ntokens: [&a { name: ci }]', 'anchor'],
  ['an alias', 'schema: 1\ntokens: [*a]', 'alias'],
  ['a merge key', 'schema: 1\ntokens: [{ name: ci, <<: { save: false } }]', 'unknown key'],
  ['a tag', 'schema: 1\ntokens: [{ name: !!str 5 }]', 'tag'],
  ['two documents', 'schema: 1\ntokens: [{ name: ci }]\n---\nschema: 1', 'second document'],
  ['half a file', 'schema: 1\ntokens: [{ name: ci', 'not valid YAML'],
];

describe('a policy file', () => {
  it('is read whole', async () => {
    const { policy } = await read(full);
    expect(policy.tokens).toEqual([
      {
        name: 'ci-deploy',
        profile: 'acme',
        scopes: ['org.read', 'table://my.app.**'],
        options: { user: 'me@example.com', 'token-scope': 'account' },
        lifetimeMs: 90 * 86_400_000,
        maximumAgeMs: 30 * 86_400_000,
        renewBeforeMs: 14 * 86_400_000,
        graceMs: 86_400_000,
        deliver: ['file:/etc/keyturn/token', 'env:/etc/keyturn/.env#TOKEN', 'exec:vault kv put x -'],
        save: 'deploy',
      },
    ]);
  });

  it.each([
    ['save: true', 'ci'],
    ['save: other', 'other'],
    ['scopes: []', 'ci'],
    ['save: false, deliver: ["file:x"]', null],
  ])('%s is kept as %s', async (text, save) => {
    expect((await read(one(text))).policy.tokens[0]?.save).toBe(save);
  });

  it.each(GOOD)('%s is right, says the schema and the reader', async (_title, text) => {
    expect(validate(parse(text))).toBe(true);
    expect(await refusal(text)).toBeNull();
  });

  it.each(BAD)('%s is wrong, says the schema and the reader', async (_title, text, next) => {
    expect(validate(parse(text))).toBe(false);
    const error = await refusal(text);
    expect(error?.message).toMatch(/^"policy\.yaml" .* at line \d+, column \d+$/);
    expect(error?.facts.hint).toContain(next);
  });

  it.each(WRONG)('%s is refused with its place', async (_title, text, words) => {
    const error = await refusal(text);
    expect(error?.message).toContain(words);
    expect(error?.message).toMatch(/ at line \d+, column \d+$/);
  });

  it('points at the mistake and does not repeat it', async () => {
    const error = await refusal('schema: 1\ntokens:\n  - name: ci\n    kt_canary_91: kt_canary_92\n');
    expect(error?.message).toBe('"policy.yaml" has an unknown key in a token at line 4, column 5');
    expect(JSON.stringify(error?.facts)).not.toContain('canary');
  });

  it('of a newer schema says so before anything else', async () => {
    const error = await refusal('schema: 2\nnew: true\ntokens: 7\n');
    expect(error?.message).toBe('"policy.yaml" is a policy of a newer schema at line 1, column 9');
  });

  it('can be pointed into afterwards', async () => {
    const file = await read('schema: 1\ntokens:\n  - name: a\n  - name: b\n');
    const second = file.policy.tokens[1];
    if (!second) throw new Error('no token');
    expect(file.fail(second, 'is odd', 'fix it').facts).toMatchObject({
      message: '"policy.yaml" is odd at line 4, column 5',
      hint: 'fix it',
    });
  });
});

it('the published schema has the patterns of the reader', () => {
  const { properties } = schema.$defs.token;
  expect({
    name: properties.name.pattern,
    profile: properties.profile.pattern,
    scope: properties.scopes.items.pattern,
    optionName: properties.options.propertyNames.pattern,
    optionValue: properties.options.additionalProperties.pattern,
    duration: schema.$defs.duration.pattern,
    destination: properties.deliver.items.pattern,
  }).toEqual(POLICY_PATTERNS);
  expect(properties.save.anyOf[1].pattern).toBe(POLICY_PATTERNS.profile);
});
