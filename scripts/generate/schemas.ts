// The JSON Schemas of the documents that keyturn prints with --json. test/e2e/documents.test.ts holds the commands to them.
import { OPERATIONS } from '../../src/domain/capability.ts';
import { EXIT } from '../../src/domain/errors.ts';

interface Schema {
  readonly [keyword: string]: unknown;
}
type Fields = Readonly<Record<string, Schema>>;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0 };
const texts = list(text);
/** RFC 3339, in UTC. */
const time = { type: 'string', pattern: '^\\d{4,}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
/** The provider's own fields, under its own names. */
const anything = { type: 'object' };
const textByName = { type: 'object', additionalProperties: text };

function object(fields: Fields): Schema {
  return { type: 'object', additionalProperties: false, required: Object.keys(fields), properties: fields };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

function oneOf(...values: readonly string[]): Schema {
  return { enum: values };
}

function about(description: string, schema: Schema): Schema {
  return { description, ...schema };
}

const status = oneOf('active', 'disabled', 'expired', 'revoked');
const noText = orNull(text);
const noTime = orNull(time);
const place: Fields = { provider: text, profile: noText };
const anyPlace: Fields = { provider: noText, profile: noText };
const code = oneOf(...Object.keys(EXIT));

const unreadable = about(
  'The texts of dates that the provider gave and keyturn cannot read; the date itself is null then.',
  orNull(object({ createdAt: noText, expiresAt: noText, lastUsedAt: noText })),
);

const token = object({
  id: noText,
  name: noText,
  status: orNull(status),
  scopes: orNull(texts),
  createdAt: noTime,
  expiresAt: noTime,
  lastUsedAt: noTime,
  unreadable,
  createdBy: noText,
  inUse: about('Whether keyturn itself uses this token; null where that was not looked up.', orNull(flag)),
  attributes: about('The provider’s own fields, under its own names.', anything),
});

const key = object({
  id: noText,
  name: noText,
  type: noText,
  status: orNull(status),
  publicKey: noText,
  createdAt: noTime,
  expiresAt: noTime,
  unreadable,
  attributes: anything,
});

const project = object({
  id: text,
  slug: noText,
  name: noText,
  platform: noText,
  environment: noText,
  createdAt: noTime,
  unreadable,
  attributes: anything,
});

const credential = object({
  name: text,
  kind: oneOf('managing', 'token', 'key', 'imported'),
  provider: noText,
  origin: noText,
  project: noText,
  id: noText,
  scopes: orNull(texts),
  createdAt: noTime,
  expiresAt: noTime,
  savedAt: time,
  staged: about('The ids of earlier or later versions that are saved beside the current one.', list(noText)),
  state: oneOf('active', 'disabled', 'ended', 'expired'),
  stateSince: noTime,
});

const old = about(
  'The token or key that was replaced: `revoked`, `disabled`, `valid-until` the time `at`, `replaced` (it has a new secret), `kept`, or `unknown`.',
  orNull(
    object({
      id: text,
      name: noText,
      outcome: oneOf('revoked', 'disabled', 'valid-until', 'replaced', 'kept', 'unknown'),
      at: noTime,
    }),
  ),
);

const delivery = about(
  'Where the new secret went.',
  orNull(
    object({
      saved: about('The entry of the store.', orNull(credential)),
      destinations: texts,
      printed: flag,
      fingerprint: noText,
    }),
  ),
);

const tokenSecret = about('The secret, where `--print` asks for it; else null.', noText);

const issued: Fields = {
  attempt: about('The id of the operation, for `keyturn rotations`.', noText),
  state: about(
    'Null where nothing was created or rotated, and in a document that was printed before the rotation ended.',
    orNull(oneOf('done', 'pending', 'aborted', 'attention', 'none', 'nothing-due', 'set-aside')),
  ),
  dueAt: about('When the grace period of the replaced token ends.', noTime),
  old,
  differences: about('Where the provider gave something else than was asked for.', texts),
  delivery,
  tokenSecret,
};

const profile = object({
  name: text,
  current: flag,
  provider: text,
  origin: text,
  settings: textByName,
  credential: text,
  credentialKind: oneOf('store', 'vendor-cli'),
  tokenId: noText,
});

const operation: Fields = {
  id: text,
  kind: orNull(oneOf('rotate token', 'rotate key', 'create token', 'create key', 'login')),
  provider: noText,
  profile: noText,
  origin: noText,
  subject: noText,
  state: oneOf('open', 'done', 'aborted', 'attention', 'broken'),
  lastStep: noText,
  startedAt: noTime,
  dueAt: noTime,
  reason: noText,
};

const support = oneOf('native', 'composed', 'no');

const provider = object({
  id: text,
  title: text,
  docs: text,
  credential: object({ kind: text, page: text }),
  settings: list(object({ name: text, required: flag, variable: text, about: text })),
  facts: object({
    handle: oneOf('id', 'name'),
    names: oneOf('unique', 'free', 'none'),
    rotation: oneOf('in-place', 'overlap', 'named'),
    ends: oneOf('delete', 'revoke-then-delete', 'disable-only'),
    secretShown: oneOf('once', 'again'),
    managedBy: text,
    settleMs: count,
    lists: oneOf('documented', 'inferred'),
    managerIsSession: flag,
    lastUse: oneOf('told', 'untold'),
  }),
  operations: object(Object.fromEntries(OPERATIONS.map((name) => [name, support]))),
  inferred: about('The operations that the provider does not document.', list(oneOf(...OPERATIONS))),
});

const result = object({
  reference: about('The thing as it was named.', text),
  id: noText,
  name: noText,
  ...anyPlace,
  result: about('What was done, or the code of the error.', text),
  outcome: oneOf('done', 'waiting', 'pending', 'failed', 'unknown', 'skipped'),
  status: orNull(status),
  message: noText,
  hint: noText,
  attempt: noText,
  dueAt: noTime,
  old,
});

/** By the name in `"schema": "keyturn.NAME/1"`: what it is about, and its fields. */
const DOCUMENTS: Readonly<Record<string, { readonly title: string; readonly fields: Fields }>> = {
  token: { title: 'One token', fields: { ...place, token: orNull(token), ...issued } },
  tokens: { title: 'Tokens of a provider', fields: { ...place, tokens: list(token) } },
  key: {
    title: 'One key of a project',
    fields: {
      ...place,
      project: text,
      key: orNull(key),
      result: about('Of `keys expire`.', orNull(oneOf('scheduled', 'unknown'))),
      ...issued,
    },
  },
  keys: { title: 'Keys of a project', fields: { ...place, project: text, keys: list(key) } },
  project: { title: 'One project', fields: { ...place, project } },
  projects: { title: 'Projects of a provider', fields: { ...place, projects: list(project) } },
  rotation: {
    title: 'One rotation, or another operation that was resumed or aborted',
    fields: {
      ...anyPlace,
      project: noText,
      id: about('The id of the token or key that is current now.', noText),
      token: orNull(token),
      key: orNull(key),
      undone: about('What `rotations abort` took back.', texts),
      left: about('What `rotations abort` could not take back.', texts),
      files: about('The files of a record that was set aside.', texts),
      ...issued,
    },
  },
  rotations: { title: 'Operations', fields: { rotations: list(object(operation)) } },
  'rotation-detail': {
    title: 'One operation, step by step',
    fields: {
      ...operation,
      about: text,
      steps: list(object({ step: text, what: text, at: noTime })),
      now: text,
      next: about('Commands that make sense now.', texts),
      answers: about(
        'With `--print-answer`: what the provider answered, which may hold a secret.',
        orNull(
          list(object({ step: text, status: orNull(count), requestId: noText, whole: flag, body: text })),
        ),
      ),
    },
  },
  plan: {
    title: 'What a command with --dry-run would do',
    fields: {
      ...anyPlace,
      dryRun: { const: true },
      steps: list(
        object({
          token: about('The token or key, where several are rotated.', noText),
          step: text,
          what: text,
          call: about('The request that would be sent.', noText),
          undo: about('How the step can be undone.', noText),
        }),
      ),
    },
  },
  results: {
    title: 'A result for each of several things',
    fields: { ...anyPlace, verb: text, results: list(result) },
  },
  'policy-plan': {
    title: 'What `keyturn apply` would change',
    fields: {
      dryRun: { const: true },
      changes: count,
      tokens: list(
        object({
          name: text,
          ...place,
          action: oneOf('nothing', 'create', 'rotate', 'resume', 'wait', 'deliver', 'blocked'),
          savedAs: noText,
          id: noText,
          tokenName: noText,
          tokenScopes: orNull(texts),
          dueAt: noTime,
          message: noText,
          hint: noText,
          code: orNull(code),
          attempt: noText,
          scopes: texts,
          options: textByName,
          optionsText: noText,
          lifetime: noText,
          destinations: texts,
          commands: texts,
          outside: texts,
        }),
      ),
    },
  },
  credential: { title: 'One saved credential', fields: { credential } },
  credentials: {
    title: 'Saved credentials',
    fields: {
      store: orNull(oneOf('keychain', 'passphrase', 'file')),
      path: text,
      credentials: list(credential),
    },
  },
  secret: {
    title: 'A secret that was asked for with --print',
    fields: {
      ...anyPlace,
      token: orNull(token),
      credential: orNull(credential),
      tokenSecret: text,
    },
  },
  migration: {
    title: 'A migration of the store',
    fields: {
      from: text,
      to: text,
      done: flag,
      path: text,
      credentials: texts,
      secrets: count,
      oldKeyRemains: flag,
    },
  },
  profile: { title: 'One profile', fields: { profile } },
  profiles: { title: 'Profiles', fields: { profiles: list(profile) } },
  login: {
    title: 'A login',
    fields: {
      login: object({
        profile: text,
        provider: text,
        origin: text,
        credential: text,
        account: noText,
        scopes: orNull(texts),
        expiresAt: noTime,
        tokenId: noText,
        store: noText,
        proved: flag,
        current: noText,
        file: noText,
        old: about(
          'What became of the token that the profile had before.',
          orNull(object({ id: noText, state: oneOf('revoked', 'unknown', 'kept') })),
        ),
      }),
    },
  },
  logout: {
    title: 'A logout',
    fields: {
      profile,
      result: oneOf('logged-out', 'revoked', 'unknown'),
      revoked: orNull(flag),
      forgotten: flag,
    },
  },
  whoami: {
    title: 'Who keyturn is, and where each part of that was said',
    fields: {
      profile: noText,
      provider: text,
      origin: text,
      settings: textByName,
      account: noText,
      subject: noText,
      scopes: orNull(texts),
      tokenId: noText,
      expiresAt: noTime,
      credential: text,
      proved: flag,
      sources: textByName,
    },
  },
  providers: { title: 'The providers', fields: { providers: list(provider) } },
  provider: {
    title: 'One provider, and what it lacks',
    fields: {
      provider,
      operations: list(object({ operation: oneOf(...OPERATIONS), support: text, instead: noText })),
    },
  },
  audit: {
    title: 'What keyturn changed',
    fields: {
      records: list(
        object({
          at: time,
          sequence: count,
          action: text,
          outcome: oneOf('ok', 'failed', 'unknown'),
          profile: noText,
          provider: text,
          origin: text,
          id: noText,
          attempt: noText,
          fingerprint: noText,
          requestId: noText,
          target: noText,
        }),
      ),
    },
  },
  'audit-check': {
    title: 'An audit log that is intact',
    fields: {
      records: count,
      intact: { const: true },
      proved: count,
      key: noText,
    },
  },
  doctor: {
    title: 'What `keyturn doctor` found',
    fields: {
      healthy: flag,
      checks: list(
        object({
          check: text,
          result: oneOf('ok', 'warning', 'wrong'),
          message: text,
          fix: noText,
        }),
      ),
    },
  },
  sandbox: {
    title: 'The first line of `keyturn sandbox --json`',
    fields: {
      origin: text,
      logins: list(
        object({
          provider: text,
          what: text,
          settings: textByName,
          secret: text,
          scheme: oneOf('bearer', 'session-cookie'),
          sentAs: text,
        }),
      ),
    },
  },
};

/** Lines on stderr with --json; they name no schema. */
const LINES: Readonly<Record<string, { readonly title: string; readonly fields: Fields }>> = {
  error: {
    title: 'An error on stderr, with --json',
    fields: {
      error: object({
        code,
        message: text,
        hint: noText,
        provider: noText,
        status: orNull(count),
        requestId: noText,
        attempt: noText,
        id: noText,
        profile: noText,
        next: about('The command that goes on.', noText),
      }),
    },
  },
  note: { title: 'A note on stderr, with --json', fields: { note: text } },
};

/** Every file of `schemas/` that is made from the code, by its path. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const documents = Object.entries(DOCUMENTS).map(([name, { title, fields }]) => {
    const schema = { const: `keyturn.${name}/1` };
    return [name, title, { schema, ...fields }] as const;
  });
  const lines = Object.entries(LINES).map(([name, { title, fields }]) => [name, title, fields] as const);
  return Object.fromEntries(
    [...documents, ...lines].map(([name, title, fields]) => [
      `schemas/${name}.schema.json`,
      `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...object(fields) }, null, 2)}\n`,
    ]),
  );
}
