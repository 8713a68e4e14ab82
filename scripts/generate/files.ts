import { parse } from '../../src/cli/arguments/parse.ts';
import { environmentVariables } from '../../src/cli/arguments/topics.ts';
import { SHELL_FILES } from '../../src/cli/commands/completion.ts';
import { supportWordOf } from '../../src/cli/documents/provider.ts';
import { insteadOf, supportOf } from '../../src/core/capabilities.ts';
import { OPERATIONS } from '../../src/domain/capability.ts';
import { EXIT } from '../../src/domain/errors.ts';
import type { Provider } from '../../src/ports/provider.ts';
import { loadProviders } from '../../src/providers/registry.ts';
import { completionScripts } from './completions.ts';
import { definitionSchema } from './definition-schema.ts';
import { sandboxTables } from './sandbox-tables.ts';
import { schemaFiles } from './schemas.ts';

const NOTICE = '<!-- Made by `npm run generate` from the code; do not edit. -->\n\n';

/** Every checked-in file that is made from the code, by path; `read` gives the files that are edited in part. */
export async function generatedFiles(
  read: (path: string) => string,
): Promise<Readonly<Record<string, string>>> {
  const providers = await loadProviders();
  const scripts = await completionScripts();
  const table = capabilityTable(providers);
  return {
    ...schemaFiles(),
    'schemas/provider-definition.schema.json': definitionSchema(),
    [`completions/${SHELL_FILES.bash}`]: scripts.bash,
    [`completions/${SHELL_FILES.zsh}`]: scripts.zsh,
    [`completions/${SHELL_FILES.fish}`]: scripts.fish,
    [`completions/${SHELL_FILES.powershell}`]: scripts.powershell,
    'docs/exit-codes.md': `${NOTICE}# Exit codes\n\nThey are stable; numbers are never reused.\n\n${exitTable()}\n${EXIT_EXCEPTIONS}`,
    'docs/environment.md': `${NOTICE}# Environment\n\nA flag beats a variable, a variable beats a profile.\n\n${await environmentTable()}`,
    'docs/providers.md': `${NOTICE}# Providers\n\n${table}\n${providers.map(providerSection).join('\n')}`,
    'docs/sandbox.md': replaceParts(read('docs/sandbox.md'), sandboxTables()),
    'README.md': replaceParts(read('README.md'), { capabilities: table, 'exit codes': exitTable() }),
  };
}

/** Codes that mean something else to whoever calls the command. */
const EXIT_EXCEPTIONS = `Some commands end as another program expects:

- \`run\` passes on the exit code of the program that it started, and dies of the signal that the program died of; 127 is for a program that was
  not found, 126 for one that cannot be executed.
- \`doctor\` ends with 1 when something is wrong.
- \`helper docker\` ends with 1 where there is no credential for the server, as Docker’s protocol wants it.
- \`audit verify\` ends with 1 when the record was changed.
`;

export function versionModule(version: string): string {
  return `/** Kept equal to package.json by \`npm run generate\`; read from here so that \`--version\` opens no file. */\nexport const VERSION = '${version}';\n`;
}

/** The width where no terminal is, and the greatest that is used (`main.ts`). */
const HELP_WIDTHS = [80, 100];

/** The top `--help`, for these two widths and those at which it reads the same. */
export async function topHelpModule(): Promise<string> {
  const textOf = async (width: number): Promise<string> => {
    const parsed = await parse(['--help'], width);
    return parsed.kind === 'help' ? parsed.text : '';
  };
  const entries: string[] = [];
  for (const width of HELP_WIDTHS) {
    const text = await textOf(width);
    let [least, most] = [width, width];
    while ((await textOf(least - 1)) === text) least -= 1;
    while (most < 100 && (await textOf(most + 1)) === text) most += 1;
    const lines = text.split('\n').map((line) => `      ${quoted(line)},\n`);
    entries.push(
      `  {\n    least: ${least},\n    most: ${most},\n    text: [\n${lines.join('')}    ].join('\\n'),\n  },\n`,
    );
  }
  return `/** The top \`--help\` as \`arguments/parse.ts\` makes it at widths from \`least\` to \`most\`; kept equal by \`npm run generate\`. */\nexport const TOP_HELP = [\n${entries.join('')}] as const;\n`;
}

function quoted(line: string): string {
  return `'${line.replaceAll("'", "\\'")}'`;
}

function capabilityTable(providers: readonly Provider[]): string {
  const header = `| | ${providers.map((provider) => provider.title).join(' | ')} |\n|---|${providers.map(() => '---|').join('')}\n`;
  const rows = OPERATIONS.map((operation) => {
    const cells = providers.map((provider) => supportWordOf(provider, operation));
    return `| \`${operation}\` | ${cells.join(' | ')} |\n`;
  });
  return `${header}${rows.join('')}`;
}

function exitTable(): string {
  const rows = Object.entries(EXIT).map(
    ([name, { code, meaning }]) => `| ${code} | ${name} | ${meaning} |\n`,
  );
  return `| code | name | meaning |\n|---|---|---|\n${rows.join('')}`;
}

async function environmentTable(): Promise<string> {
  const rows = (await environmentVariables()).map(({ name, about }) => `| \`${name}\` | ${about} |\n`);
  return `| variable | what |\n|---|---|\n${rows.join('')}`;
}

function providerSection(provider: Provider): string {
  const { facts } = provider;
  const settings = provider.settings.map(
    (setting) => `- \`--${setting.name}\`${setting.required ? '' : ' (optional)'}: ${setting.about}\n`,
  );
  const lacks = OPERATIONS.filter((operation) => supportOf(provider, operation) === 'no').map(
    (operation) => `- \`${operation}\`: ${insteadOf({ provider, profile: null }, operation) ?? 'nothing'}\n`,
  );
  const lines = [
    `## ${provider.title}\n\n`,
    `Credential: ${provider.credential.kind}. Made at <${provider.credential.page}>. API: <${provider.docs}>.\n\n`,
    `Tokens are managed by ${facts.managedBy}; addressed by ${facts.handle}; names are ${facts.names}; a secret is shown ${facts.secretShown}; rotation is ${facts.rotation}; an end is ${facts.ends}.\n\n`,
    ...(facts.lists === 'inferred' ? [inferredNote(provider)] : []),
    ...(settings.length > 0 ? [`Settings of \`keyturn login ${provider.id}\`:\n\n`, ...settings] : []),
    ...(lacks.length > 0 ? ['\nWhat to do instead of what it lacks:\n\n', ...lacks] : []),
  ];
  return lines.join('');
}

function inferredNote({ title }: Provider): string {
  return `${title} documents no list and no other read. What is marked "inferred" is asked for where one would expect it. Where the server has no such list, \`login\` cannot prove the credential and says so, a token or key is named by its id (\`id:…\`), and a new secret is not tried before it is delivered.\n\n`;
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function replaceParts(text: string, parts: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, part] of Object.entries(parts)) {
    const start = `<!-- ${name} -->`;
    const end = `<!-- /${name} -->`;
    const from = result.indexOf(start);
    const to = result.indexOf(end);
    if (from >= 0 && to > from)
      result = `${result.slice(0, from + start.length)}\n${part}${result.slice(to)}`;
  }
  return result;
}
