import type { Node } from './command.ts';

/** The command tree: one line a command, each loaded on first use. */
export const TREE: readonly Node[] = [
  {
    name: 'login',
    about: 'store a credential for a provider, verified',
    children: [
      {
        name: 'errova',
        about: 'an Errova machine token, or a browser session that mints one',
        load: async () => (await import('./commands/login.ts')).loginCommand('errova'),
      },
      {
        name: 'devo',
        about: 'a Devo Credentials API token',
        load: async () => (await import('./commands/login.ts')).loginCommand('devo'),
      },
      {
        name: 'prefactor',
        about: 'a Prefactor account token, or the vendor CLI’s profile',
        load: async () => (await import('./commands/login.ts')).loginCommand('prefactor'),
      },
      {
        name: 'bluebricks',
        about: 'the session of `bricks login`',
        load: async () => (await import('./commands/login.ts')).loginCommand('bluebricks'),
      },
    ],
  },
  {
    name: 'logout',
    about: 'forget a profile and its credential',
    load: async () => (await import('./commands/logout.ts')).logout,
  },
  {
    name: 'whoami',
    about: 'show who keyturn is, and where each part of that came from',
    load: async () => (await import('./commands/whoami.ts')).whoami,
  },
  {
    name: 'profiles',
    about: 'named connections',
    children: [
      {
        name: 'list',
        about: 'list the profiles',
        load: async () => (await import('./commands/profiles-list.ts')).profilesList,
      },
      {
        name: 'use',
        about: 'make a profile the current one',
        load: async () => (await import('./commands/profiles-use.ts')).profilesUse,
      },
      {
        name: 'show',
        about: 'show one profile',
        load: async () => (await import('./commands/profiles-show.ts')).profilesShow,
      },
      {
        name: 'rename',
        about: 'give a profile another name',
        load: async () => (await import('./commands/profiles-rename.ts')).profilesRename,
      },
      {
        name: 'remove',
        about: 'forget a profile; its credential stays in the store',
        load: async () => (await import('./commands/profiles-remove.ts')).profilesRemove,
      },
    ],
  },
  {
    name: 'providers',
    about: 'what each provider can do',
    load: async () => (await import('./commands/providers.ts')).providers,
  },
  {
    name: 'tokens',
    about: 'machine tokens, API tokens, API keys',
    children: [
      {
        name: 'create',
        about: 'create a token',
        load: async () => (await import('./commands/tokens-create.ts')).tokensCreate,
      },
      {
        name: 'list',
        about: 'list tokens',
        load: async () => (await import('./commands/tokens-list.ts')).tokensList,
      },
      {
        name: 'get',
        about: 'show one token',
        load: async () => (await import('./commands/tokens-get.ts')).tokensGet,
      },
      {
        name: 'rotate',
        about: 'replace a token’s secret, safely',
        load: async () => (await import('./commands/tokens-rotate.ts')).tokensRotate,
      },
      {
        name: 'revoke',
        about: 'make tokens unusable for good',
        load: async () => (await import('./commands/tokens-end.ts')).tokensRevoke,
      },
      {
        name: 'delete',
        about: 'delete tokens',
        load: async () => (await import('./commands/tokens-end.ts')).tokensDelete,
      },
      {
        name: 'enable',
        about: 'make disabled tokens usable again',
        load: async () => (await import('./commands/tokens-end.ts')).tokensEnable,
      },
      {
        name: 'disable',
        about: 'make tokens unusable until they are enabled',
        load: async () => (await import('./commands/tokens-end.ts')).tokensDisable,
      },
      {
        name: 'rename',
        about: 'give a token another name',
        load: async () => (await import('./commands/tokens-rename.ts')).tokensRename,
      },
    ],
  },
  {
    name: 'keys',
    about: 'DSN keys of an Errova project',
    children: [
      {
        name: 'create',
        about: 'create a key',
        load: async () => (await import('./commands/keys-create.ts')).keysCreate,
      },
      {
        name: 'list',
        about: 'list a project’s keys',
        load: async () => (await import('./commands/keys-list.ts')).keysList,
      },
      {
        name: 'expire',
        about: 'set when a key ends',
        load: async () => (await import('./commands/keys-expire.ts')).keysExpire,
      },
      {
        name: 'rotate',
        about: 'replace a key’s secret, safely',
        load: async () => (await import('./commands/keys-rotate.ts')).keysRotate,
      },
    ],
  },
  {
    name: 'projects',
    about: 'Errova projects',
    children: [
      {
        name: 'create',
        about: 'create a project',
        load: async () => (await import('./commands/projects-create.ts')).projectsCreate,
      },
      {
        name: 'list',
        about: 'list projects',
        load: async () => (await import('./commands/projects-list.ts')).projectsList,
      },
    ],
  },
  {
    name: 'credentials',
    about: 'the secrets that keyturn keeps',
    children: [
      {
        name: 'list',
        about: 'list what is kept, without unlocking it',
        load: async () => (await import('./commands/credentials-list.ts')).credentialsList,
      },
      {
        name: 'get',
        about: 'show one; with --print its secret',
        load: async () => (await import('./commands/credentials-get.ts')).credentialsGet,
      },
      {
        name: 'import',
        about: 'keep a secret from standard input',
        load: async () => (await import('./commands/credentials-import.ts')).credentialsImport,
      },
      {
        name: 'remove',
        about: 'forget one',
        load: async () => (await import('./commands/credentials-remove.ts')).credentialsRemove,
      },
      {
        name: 'export',
        about: 'print chosen secrets as env, dotenv or json',
        load: async () => (await import('./commands/credentials-export.ts')).credentialsExport,
      },
      {
        name: 'migrate',
        about: 'seal everything another way',
        load: async () => (await import('./commands/credentials-migrate.ts')).credentialsMigrate,
      },
    ],
  },
  {
    name: 'rotations',
    about: 'unfinished rotations and creations',
    children: [
      {
        name: 'list',
        about: 'list what is unfinished',
        load: async () => (await import('./commands/rotations-list.ts')).rotationsList,
      },
      {
        name: 'show',
        about: 'explain one in words',
        load: async () => (await import('./commands/rotations-show.ts')).rotationsShow,
      },
      {
        name: 'resume',
        about: 'go on where it stopped',
        load: async () => (await import('./commands/rotations-resume.ts')).rotationsResume,
      },
      {
        name: 'abort',
        about: 'undo what can be undone',
        load: async () => (await import('./commands/rotations-abort.ts')).rotationsAbort,
      },
    ],
  },
  {
    name: 'plan',
    about: 'show what a policy would change',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'apply',
    about: 'make tokens as a policy says they must be',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'run',
    about: 'run a command with secrets in its environment',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'helper',
    about: 'answer other tools from the store',
    children: [
      {
        name: 'git',
        about: 'a git credential helper',
        load: async () => (await import('./commands/helper.ts')).helperGit,
      },
      {
        name: 'docker',
        about: 'a docker credential helper',
        load: async () => (await import('./commands/helper.ts')).helperDocker,
      },
      {
        name: 'exec',
        about: 'a Kubernetes ExecCredential',
        load: async () => (await import('./commands/helper.ts')).helperExec,
      },
    ],
  },
  {
    name: 'audit',
    about: 'what keyturn changed at providers, and when',
    children: [
      {
        name: 'list',
        about: 'list the records',
        load: async () => (await import('./commands/audit-list.ts')).auditList,
      },
      {
        name: 'verify',
        about: 'check that no record was changed',
        load: async () => (await import('./commands/audit-verify.ts')).auditVerify,
      },
    ],
  },
  {
    name: 'sandbox',
    about: 'play all four vendors on a loopback port',
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'doctor',
    about: 'check every part, and say how to mend it',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'completion',
    about: 'print a completion script',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'help',
    about: 'help on a command or a topic',
    load: async () => (await import('./commands/help.ts')).help,
  },
];

/** The nodes from the root to what the words name; stops at the first word that is no command. */
export function findPath(words: readonly string[], nodes: readonly Node[] = TREE): readonly Node[] {
  const [word, ...rest] = words;
  const node = nodes.find((candidate) => candidate.name === word);
  if (!node) return [];
  return 'children' in node ? [node, ...findPath(rest, node.children)] : [node];
}
