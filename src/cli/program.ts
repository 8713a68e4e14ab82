import type { Command, Node } from './arguments/command.ts';

/** What the file of a command exports: the command, or several of the same kind by their names. */
type CommandModule = { readonly command: Command } | { readonly commands: Readonly<Record<string, Command>> };

/** A command, whose file is loaded when the command is called. */
function verb(name: string, about: string, open: () => Promise<CommandModule>): Node {
  const load = async () => {
    const module = await open();
    const command = 'command' in module ? module.command : module.commands[name];
    if (!command) throw new Error(`no command "${name}"`);
    return command;
  };
  return { name, about, load };
}

function group(name: string, about: string, children: readonly Node[]): Node {
  return { name, about, children };
}

function login(provider: string, about: string): Node {
  const load = async () => (await import('./commands/login/login.ts')).loginCommand(provider);
  return { name: provider, about, load };
}

/** The command tree: one line a command, each loaded on first use. */
export const TREE: readonly Node[] = [
  group('login', 'store a credential for a provider, verified', [
    login('errova', 'an Errova machine token, or a browser session that creates one'),
    login('devo', 'a Devo Credentials API token'),
    login('prefactor', 'a Prefactor account token, or the vendor CLI’s profile'),
    login('bluebricks', 'the session of `bricks login`'),
  ]),
  verb('logout', 'forget a profile and its credential', () => import('./commands/logout.ts')),
  verb('whoami', 'show who is logged in, and where that was set', () => import('./commands/whoami.ts')),
  group('profiles', 'named connections', [
    verb('list', 'list the profiles', () => import('./commands/profiles-list.ts')),
    verb('use', 'make a profile the current one', () => import('./commands/profiles-use.ts')),
    verb('show', 'show one profile', () => import('./commands/profiles-show.ts')),
    verb('rename', 'give a profile another name', () => import('./commands/profiles-rename.ts')),
    verb('remove', 'forget a profile, not its credential', () => import('./commands/profiles-remove.ts')),
  ]),
  verb('providers', 'what each provider can do', () => import('./commands/providers.ts')),
  group('tokens', 'machine tokens, API tokens, API keys', [
    verb('create', 'create a token', () => import('./commands/tokens-create.ts')),
    verb('list', 'list tokens', () => import('./commands/tokens-list.ts')),
    verb('get', 'show one token', () => import('./commands/tokens-get.ts')),
    verb('rotate', 'replace a token’s secret, safely', () => import('./commands/rotate/tokens-rotate.ts')),
    verb('revoke', 'make tokens unusable for good', () => import('./commands/tokens-end.ts')),
    verb('delete', 'delete tokens', () => import('./commands/tokens-end.ts')),
    verb('enable', 'make disabled tokens usable again', () => import('./commands/tokens-end.ts')),
    verb('disable', 'make tokens unusable until they are enabled', () => import('./commands/tokens-end.ts')),
    verb('rename', 'give a token another name', () => import('./commands/tokens-rename.ts')),
  ]),
  group('keys', 'DSN keys of an Errova project', [
    verb('create', 'create a key', () => import('./commands/keys-create.ts')),
    verb('list', 'list a project’s keys', () => import('./commands/keys-list.ts')),
    verb('expire', 'set when a key ends', () => import('./commands/keys-expire.ts')),
    verb('rotate', 'replace a key’s secret, safely', () => import('./commands/rotate/keys-rotate.ts')),
  ]),
  group('projects', 'Errova projects', [
    verb('create', 'create a project', () => import('./commands/projects-create.ts')),
    verb('list', 'list projects', () => import('./commands/projects-list.ts')),
  ]),
  group('credentials', 'the secrets that keyturn has saved', [
    verb(
      'list',
      'list the saved credentials; unlocks nothing',
      () => import('./commands/credentials-list.ts'),
    ),
    verb('get', 'show one; with --print its secret', () => import('./commands/credentials-get.ts')),
    verb('import', 'save a secret from standard input', () => import('./commands/credentials-import.ts')),
    verb('remove', 'forget one', () => import('./commands/credentials-remove.ts')),
    verb('export', 'print secrets as env, dotenv or json', () => import('./commands/credentials-export.ts')),
    verb('migrate', 'seal everything another way', () => import('./commands/credentials-migrate.ts')),
  ]),
  group('rotations', 'unfinished rotations and creations', [
    verb('list', 'list what is unfinished', () => import('./commands/rotations/list.ts')),
    verb('show', 'explain one in words', () => import('./commands/rotations/show.ts')),
    verb('resume', 'go on where it stopped', () => import('./commands/rotations/resume.ts')),
    verb('abort', 'undo what can be undone', () => import('./commands/rotations/abort.ts')),
  ]),
  verb('plan', 'show what a policy would change', () => import('./commands/policy/plan.ts')),
  verb(
    'apply',
    'create and rotate tokens until they match a policy',
    () => import('./commands/policy/apply.ts'),
  ),
  verb('run', 'run a command with secrets in its environment', () => import('./commands/run.ts')),
  group('helper', 'answer other tools from the store', [
    verb('git', 'a git credential helper', () => import('./commands/helper.ts')),
    verb('docker', 'a docker credential helper', () => import('./commands/helper.ts')),
    verb('exec', 'a Kubernetes ExecCredential', () => import('./commands/helper.ts')),
  ]),
  group('audit', 'what keyturn changed at providers, and when', [
    verb('list', 'list the records', () => import('./commands/audit-list.ts')),
    verb('verify', 'check that no record was changed', () => import('./commands/audit-verify.ts')),
  ]),
  verb(
    'sandbox',
    'simulate all four vendors on a loopback port',
    () => import('./commands/sandbox/sandbox.ts'),
  ),
  verb('doctor', 'check every part, and say how to fix it', () => import('./commands/doctor/doctor.ts')),
  verb('completion', 'print a completion script', () => import('./commands/completion.ts')),
  verb('help', 'help on a command or a topic', () => import('./commands/help.ts')),
];

/** The path of nodes that the words name, from the root; it stops at the first word that is no command. */
export function findPath(words: readonly string[], nodes: readonly Node[] = TREE): readonly Node[] {
  const [word, ...rest] = words;
  const node = nodes.find((candidate) => candidate.name === word);
  if (!node) return [];
  return 'children' in node ? [node, ...findPath(rest, node.children)] : [node];
}
