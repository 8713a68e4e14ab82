import { usage } from './errors.ts';

/**
 * Variables that make a program load, run or trust something else: who sets one of them owns the program. Not those
 * that tools read a secret from, such as `NODE_AUTH_TOKEN` and `GEM_HOST_API_KEY`.
 */
const LOADERS: readonly RegExp[] = [
  // The system: search paths, dynamic linker, C library, temporary folders.
  /^(PATH|PATHEXT|COMSPEC|SYSTEMROOT|WINDIR|HOME|USERPROFILE|TMPDIR|TMP|TEMP|LD_.*|DYLD_.*)$/,
  /^(GLIBC_TUNABLES|GCONV_PATH|MALLOC_.*|LOCPATH|NLSPATH|HOSTALIASES|RES_OPTIONS)$/,
  // Shells, and the programs that others start.
  /^(SHELL|IFS|ENV|BASH_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|FPATH)$/,
  /^(EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|LESSOPEN|LESSCLOSE|SSH_ASKPASS|SUDO_ASKPASS|GIT_.*)$/,
  // Languages.
  /^NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|REPL_.*|V8_COVERAGE|COMPILE_CACHE|CHANNEL_.*|USE_.*)$/,
  /^NPM_CONFIG_(?!.*AUTH).*$/,
  /^(PYTHON.*|PERL5.*|PERLLIB|PERL_.*|RUBY(OPT|LIB|SHELL)|GEM_(HOME|PATH)|BUNDLE_(GEMFILE|PATH|BIN.*|APP_CONFIG))$/,
  /^(JAVA_(HOME|OPTS|TOOL_OPTIONS)|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|PHPRC|PHP_INI_SCAN_DIR|LUA_.*|R_PROFILE.*)$/,
  // Whom to trust, and by which way to go.
  /^(OPENSSL_.*|SSL_CERT_.*|SSLKEYLOGFILE|CURL_CA_BUNDLE|CURL_HOME|REQUESTS_CA_BUNDLE|.*_PROXY)$/,
  // keyturn's own, and a name that JavaScript takes for something else.
  /^(KEYTURN_.*|__PROTO__)$/,
];

/**
 * A name for an environment variable that is to hold a secret: letters, digits and `_`, not starting with a digit,
 * and none that changes how programs are loaded (CWE-427, CWE-454).
 */
export function checkVariableName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) {
    throw usage(
      'that is not a name for a variable',
      'use letters, digits and "_", not starting with a digit',
    );
  }
  if (LOADERS.some((pattern) => pattern.test(name.toUpperCase()))) {
    throw usage(`"${name}" changes how programs run and cannot hold a secret`, 'choose another variable');
  }
  return name;
}

/** The environment for another program: everything but what is keyturn's own (`KEYTURN_*`). */
export function withoutOwnVariables(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^KEYTURN_/i.test(name)) kept[name] = value;
  }
  return kept;
}
