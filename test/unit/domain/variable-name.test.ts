import { describe, expect, it } from 'vitest';
import { checkVariableName, withoutOwnVariables } from '../../../src/domain/variable-name.ts';

describe('checkVariableName', () => {
  it.each([
    'TOKEN',
    'API_TOKEN',
    'NODE_AUTH_TOKEN',
    'GEM_HOST_API_KEY',
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    '_x',
    'PGPASSWORD',
    'AWS_SECRET_ACCESS_KEY',
  ])('takes %s', (name) => {
    expect(checkVariableName(name)).toBe(name);
  });

  it.each([
    '',
    '1A',
    'A-B',
    'A B',
    'A=B',
    'é',
    'A\nB',
    'x'.repeat(300),
    '__proto__',
    'NODE_OPTIONS',
    'node_options',
    'LD_PRELOAD',
    'LD_AUDIT',
    'DYLD_INSERT_LIBRARIES',
    'PATH',
    'Path',
    'BASH_ENV',
    'BASH_FUNC_x',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'GIT_SSH_COMMAND',
    'GIT_EXTERNAL_DIFF',
    'HTTP_PROXY',
    'all_proxy',
    'PERL5OPT',
    'RUBYOPT',
    'JAVA_TOOL_OPTIONS',
    'SSL_CERT_FILE',
    'SSLKEYLOGFILE',
    'IFS',
    'ENV',
    'KEYTURN_TOKEN',
    'npm_config_script_shell',
  ])('refuses %j', (name) => {
    expect(() => checkVariableName(name)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('withoutOwnVariables', () => {
  it('leaves out what is keyturn’s, in any case, and what is not set', () => {
    expect(
      withoutOwnVariables({
        A: '1',
        KEYTURN_TOKEN: 'x',
        Keyturn_Passphrase: 'y',
        KEYTURN_ANYTHING: 'z',
        GONE: undefined,
        EMPTY: '',
      }),
    ).toEqual({ A: '1', EMPTY: '' });
  });
});
