import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../src/domain/errors.ts';
import { refuseUnsafeSurroundings } from '../../../src/domain/surroundings.ts';

type Env = Readonly<Record<string, string | undefined>>;

function refusal(env: Env, execArgv: readonly string[] = []): string | null {
  try {
    refuseUnsafeSurroundings({ env, execArgv });
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.code).toBe('usage');
    expect(error.facts.hint).toBeTruthy();
    return error.message;
  }
}

describe('A21 A25 variables and options that Node acts on by itself', () => {
  test.each<[string, Env, readonly string[]]>([
    ['no check of certificates', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, []],
    ['quotes and a backslash', { NODE_OPTIONS: '"--tls-key\\log=F"' }, []],
    ['a quote in the middle', { NODE_OPTIONS: '--no-warnings --re"quire" x' }, []],
    ['underlines', { NODE_OPTIONS: '--tls_keylog=F' }, []],
    ['an option of node itself', {}, ['--tls-keylog=F']],
    ['one with a value of its own', {}, ['--no-warnings', '-r', './x.js']],
    ['NODE_DEBUG', { NODE_DEBUG: 'http' }, []],
    ['NODE_DEBUG of everything', { NODE_DEBUG: '*' }, []],
    ['NODE_DEBUG_NATIVE', { NODE_DEBUG_NATIVE: 'crypto' }, []],
    ['NODE_V8_COVERAGE', { NODE_V8_COVERAGE: '/tmp/c' }, []],
    ['D3: NODE_COMPILE_CACHE', { NODE_COMPILE_CACHE: '/tmp/c' }, []],
    [
      'D3: NODE_COMPILE_CACHE beside others',
      { NODE_COMPILE_CACHE: '/tmp/c', NODE_COMPILE_CACHE_PORTABLE: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
      [],
    ],
    ['NODE_REDIRECT_WARNINGS', { NODE_REDIRECT_WARNINGS: '/tmp/w' }, []],
    ['NODE_REPL_EXTERNAL_MODULE', { NODE_REPL_EXTERNAL_MODULE: '/tmp/m' }, []],
    ['SSLKEYLOGFILE', { SSLKEYLOGFILE: '/tmp/k' }, []],
    ['OPENSSL_CONF', { OPENSSL_CONF: '/tmp/o' }, []],
    ['OPENSSL_MODULES', { OPENSSL_MODULES: '/tmp/o' }, []],
    ['OPENSSL_ENGINES', { OPENSSL_ENGINES: '/tmp/o' }, []],
  ])('%s: refused, without its value', (_, env, execArgv) => {
    const message = refusal(env, execArgv);
    expect(message).not.toBeNull();
    expect(message).not.toMatch(/\/tmp|x\.js|=F/);
  });

  test.each<[string, Env, readonly string[]]>([
    ['nothing', {}, []],
    ['empty variables', { NODE_OPTIONS: '', NODE_DEBUG: '', SSLKEYLOGFILE: '', NODE_V8_COVERAGE: '' }, []],
    ['a check of certificates', { NODE_TLS_REJECT_UNAUTHORIZED: '1' }, []],
    [
      'memory and warnings',
      { NODE_OPTIONS: '--max-old-space-size=64 --no-warnings' },
      ['--enable-source-maps'],
    ],
    ['a file with a telling name', { NODE_OPTIONS: '--title "a --require b"' }, ['--title', 'inspect']],
    [
      'variables of other programs',
      { DEBUG: '*', NODE_ENV: 'production', NODE_PATH: '/x', NODE_PENDING_DEPRECATION: '1' },
      [],
    ],
    [
      'D3: no folder of compiled code',
      { NODE_COMPILE_CACHE: '', NODE_COMPILE_CACHE_PORTABLE: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
      [],
    ],
    ['more authorities', { NODE_EXTRA_CA_CERTS: '/ca.pem', NODE_USE_SYSTEM_CA: '1' }, []],
  ])('%s: accepted', (_, env, execArgv) => {
    expect(refusal(env, execArgv)).toBeNull();
  });
});
