import { usage } from './errors.ts';
import { findDangerousOption, splitNodeOptions } from './node-options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What decides how the Node that runs us behaves. */
export interface Surroundings {
  readonly env: Environment;
  /** The options that Node itself was started with (`process.execArgv`). */
  readonly execArgv: readonly string[];
}

/** Variables that Node or its OpenSSL reads by itself. An empty one counts as unset, as it does there. */
const DANGEROUS_VARIABLES: Readonly<Record<string, string>> = {
  NODE_DEBUG: 'makes Node print what it sends, credentials included',
  NODE_DEBUG_NATIVE: 'makes Node print what it does',
  NODE_V8_COVERAGE: 'makes Node watch keyturn through its debugger and write files',
  NODE_COMPILE_CACHE: 'makes Node run compiled code from a folder, whatever the files of keyturn hold',
  NODE_REDIRECT_WARNINGS: 'makes Node write its warnings to a file',
  NODE_REPL_EXTERNAL_MODULE: 'makes Node load other code',
  SSLKEYLOGFILE: 'lets OpenSSL write the keys of TLS connections to a file',
  OPENSSL_CONF: 'makes OpenSSL load settings and code that a file names',
  OPENSSL_CONF_INCLUDE: 'makes OpenSSL load settings from another folder',
  OPENSSL_ENGINES: 'makes OpenSSL load code from another folder',
  OPENSSL_MODULES: 'makes OpenSSL load code from another folder',
};

/**
 * Refuses variables and options that hand credentials to somebody else: Node acts on them itself, so that nothing in
 * this program could undo their effect. Throws `AppError` (usage). Values are never shown: they may hold a secret.
 */
export function refuseUnsafeSurroundings({ env, execArgv }: Surroundings): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED']?.trim() === '0') {
    throw usage(
      '"NODE_TLS_REJECT_UNAUTHORIZED=0" would send credentials to anybody who answers',
      'unset it; a private certificate authority is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    );
  }
  for (const [name, effect] of Object.entries(DANGEROUS_VARIABLES)) {
    if (env[name]) throw usage(`"${name}" ${effect}`, `run \`unset ${name}\`, and the command again`);
  }
  const inherited = findDangerousOption(splitNodeOptions(env['NODE_OPTIONS'] ?? ''));
  if (inherited) {
    throw usage(
      `"NODE_OPTIONS" holds "${inherited.name}", which ${inherited.effect}`,
      'run `unset NODE_OPTIONS`, and the command again',
    );
  }
  const given = findDangerousOption(execArgv);
  if (given) {
    throw usage(
      `Node was started with "${given.name}", which ${given.effect}`,
      'start keyturn without options for Node',
    );
  }
}
