import { variableOf } from '../../core/resolve-connection.ts';
import { EXIT } from '../../domain/errors.ts';
import { loadProviders } from '../../providers/registry.ts';

/** Help that belongs to no command. Made from the tables in the code, so that it cannot drift from them. */
export const TOPICS: Readonly<
  Record<string, { readonly about: string; readonly render: () => Promise<string> }>
> = {
  'exit-codes': { about: 'what each exit code means', render: async () => exitCodes() },
  environment: { about: 'the variables that keyturn reads', render: environment },
  output: { about: 'formats, colour, JSON documents', render: async () => OUTPUT },
};

function exitCodes(): string {
  const rows = Object.entries(EXIT).map(
    ([name, { code, meaning }]) => `${String(code).padStart(5)}  ${name.padEnd(12)} ${meaning}`,
  );
  return `Exit codes. They are stable; numbers are never reused.\n\n${rows.join('\n')}\n`;
}

export interface VariableHelp {
  readonly name: string;
  readonly about: string;
}

export async function environmentVariables(): Promise<readonly VariableHelp[]> {
  const settings = new Map<string, string>();
  for (const provider of await loadProviders()) {
    for (const setting of provider.settings) {
      const before = settings.get(variableOf(setting));
      settings.set(
        variableOf(setting),
        before === undefined
          ? `${provider.title}: ${setting.about}`
          : `${before}; ${provider.title}: ${setting.about}`,
      );
    }
  }
  return [
    { name: 'KEYTURN_PROFILE', about: 'the profile to use' },
    { name: 'KEYTURN_PROVIDER', about: 'the provider; KEYTURN_TOKEN needs it, or KEYTURN_PROFILE' },
    { name: 'KEYTURN_TOKEN', about: 'the managing credential; used instead of the store' },
    { name: 'KEYTURN_URL', about: 'another origin, only together with KEYTURN_TOKEN' },
    ...[...settings].map(([name, about]) => ({ name, about })),
    {
      name: 'KEYTURN_SESSION',
      about: 'Errova’s browser cookie, for `tokens create --session` and `login errova --session`',
    },
    {
      name: 'KEYTURN_STORE',
      about:
        'keychain, passphrase or file: how a new credentials file stores secrets; with a sealed one a file in clear is refused',
    },
    { name: 'KEYTURN_PASSPHRASE', about: 'the passphrase of a credentials file that has one' },
    { name: 'KEYTURN_NEW_PASSPHRASE', about: 'the new passphrase, where `credentials migrate` changes it' },
    {
      name: 'KEYTURN_JOURNAL_KEY',
      about:
        'seals unfinished operations where there is no store (CI): 32 characters or more, for example of `openssl rand -base64 32`',
    },
    { name: 'KEYTURN_OUTPUT', about: 'the output format, unless an option sets it' },
    { name: 'KEYTURN_CONFIG_DIR', about: 'the folder of config.yaml and credentials.yaml' },
    { name: 'KEYTURN_STATE_DIR', about: 'the folder of the journal and the audit log' },
    {
      name: 'GITHUB_ACTIONS, TF_BUILD',
      about:
        'set by GitHub Actions and Azure Pipelines: a secret is masked in the log before it goes anywhere',
    },
    {
      name: 'HTTPS_PROXY, ALL_PROXY, NO_PROXY',
      about: 'the proxy for requests to the provider, and the hosts that need none',
    },
    { name: 'NODE_EXTRA_CA_CERTS', about: 'a file of additional certificates to trust' },
    { name: 'NO_COLOR, TERM=dumb', about: 'no colour' },
  ];
}

async function environment(): Promise<string> {
  const rows = (await environmentVariables()).map(({ name, about }) => `  ${name.padEnd(24)} ${about}`);
  return `Environment. A flag beats a variable, a variable beats a profile.\n\n${rows.join('\n')}\n`;
}

const OUTPUT = `Output. stdout carries the product, everything else goes to stderr.

  -o human   tables, relative times, colour (default on a terminal)
  -o tsv     one record a line, no header, exact times, nothing cut (default elsewhere)
  -o json    one document; --json is the same
  -o yaml    one document
  -o ndjson  one record a line, written as pages arrive
  -o name    one reference a line (id:…), accepted back by every verb

Each document names its schema, such as keyturn.token/1, in the field "schema". It has the same fields whatever happened; what is not known is
null. The package has a JSON Schema for each in its folder "schemas": schemas/token.schema.json. In ndjson a list has one record a line,
without the document around it.
A new token is the document keyturn.token/1 (a key: keyturn.key/1). "delivery" says where the secret went; "tokenSecret" is the secret
with --print, and null without it. A rotation, resumed or not, is keyturn.rotation/1: "old" has the id of the replaced token, what
became of that token and when. With --print the document is written before the old token ends: its "state" is null.
A change of a token, and "keys expire" and "logout --revoke", have a "result". "unknown" means that the provider accepted the request and
nobody could look whether it took effect: "status" is null, the exit code 0, and a saved copy is not marked as ended.
Of several, each has an "outcome" too: done, waiting (for the end of a grace period), pending (it can be resumed), failed, unknown or skipped (not tried, or left to a person).
What a provider says cannot act on a terminal or on a CI runner. Control, invisible and unusual blank characters, and one character of
what a runner reads as a command ("##[", "##vso[", a leading "::"), are written as \\xHH, \\uHHHH or \\u{HHHHH}; in json, yaml and ndjson as the
format's own escapes, which read back as the same text. In tsv and name a backslash before x or u is \\x5c, so that undoing the escapes
gives the exact text, and a field that a spreadsheet would take for a formula (=, +, -, @, but no number) has its first character escaped.
A secret is never changed: --print writes its exact bytes.
JSON keys are only ever added. Ids are strings, times RFC 3339 UTC, what a provider does not say is null.
With --json stderr has one JSON document a line: {"note":…}, and for an error
{"error":{"code","message","hint","provider","status","requestId","attempt","id","profile","next"}}.
Colour is off where the stream is no terminal, with NO_COLOR, TERM=dumb or --no-color.
`;
