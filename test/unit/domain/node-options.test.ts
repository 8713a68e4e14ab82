import { describe, expect, test } from 'vitest';
import { findDangerousOption, splitNodeOptions } from '../../../src/domain/node-options.ts';

describe('A21 NODE_OPTIONS is split as Node does', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['   ', []],
    ['--a  --b', ['--a', '--b']],
    ['"--tls-key\\log=F"', ['--tls-keylog=F']],
    ['"--req\\uire" p.cjs', ['--require', 'p.cjs']],
    ['--im"port" "a b.mjs"', ['--import', 'a b.mjs']],
    ['"--a \\"b\\" \\\\"', ['--a "b" \\']],
    ['--tls-key\\log=F', ['--tls-key\\log=F']],
    ['--a "" --b', ['--a', '--b']],
    ["'--a' --b\t--c", ["'--a'", '--b\t--c']],
    ['"--a --b', ['--a --b']],
    ['"--a\\', ['--a']],
  ])('%j', (text, words) => {
    expect(splitNodeOptions(text)).toEqual(words);
  });
});

const DANGEROUS: readonly string[] = [
  ...[
    '--require=x',
    '--require',
    '-r',
    '-r./x.js',
    '--import',
    '--import=x',
    '--loader',
    '--experimental-loader=x',
  ],
  ...[
    '--experimental_loader',
    '--experimental-policy=p',
    '--snapshot-blob=b',
    '--env-file=.env',
    '--env-file',
  ],
  ...['--env-file-if-exists=x', '--experimental-config-file', '--experimental-default-config-file'],
  ...['--eval', '-e', '-p', '-pe', '--print', '-i', '--interactive', '--build-snapshot'],
  ...['--inspect', '--inspect=0', '--inspect-brk', '--inspect_brk=0', '--inspect-wait', '--inspect-port=1'],
  ...[
    '--inspect-publish-uid=http',
    '--inspect-brk-node',
    '--debug-port=1',
    '--experimental-network-inspection',
  ],
  ...['--experimental-inspector-network-resource', '--experimental-worker-inspection'],
  ...['--tls-keylog=F', '--tls_keylog=F', '--tls_keylog', '--trace-tls', '--trace_tls'],
  ...['--tls-min-v1.0', '--tls-min-v1.1', '--tls-cipher-list=ALL', '--use-openssl-ca', '--use_openssl_ca'],
  ...['--openssl-config=x', '--openssl-shared-config', '--insecure-http-parser', '--security-revert=x'],
  ...['--heap-prof', '--heap-prof-dir=x', '--heap_prof', '--cpu-prof', '--cpu-prof-dir=x', '--cpu-prof-name'],
  ...['--heapsnapshot-signal=SIGUSR2', '--heapsnapshot_near_heap_limit=3', '--heap-snapshot-path=x'],
  ...[
    '--report-on-signal',
    '--report-dir=x',
    '--report-directory=x',
    '--report-uncaught-exception',
    '--report_compact',
    '--prof-process',
  ],
  ...[
    '--diagnostic-dir=x',
    '--redirect-warnings=x',
    '--abort-on-uncaught-exception',
    '--abort_on_uncaught_exception',
  ],
  ...[
    '--perf-basic-prof',
    '--perf-prof',
    '--prof',
    '-prof',
    '--logfile=x',
    '--log-all',
    '--log_code',
    '--log',
    '-log',
  ],
  ...[
    '--ll-prof',
    '--redirect-code-traces-to=x',
    '--dump-counters',
    '--trace',
    '--trace-event-categories=node',
  ],
  ...[
    '--trace-events-enabled',
    '--trace-event-file-pattern=x',
    '--trace-turbo',
    '--print-bytecode',
    '--print_ast',
  ],
];

/** What many machines set, and every other option of this Node that may stand in NODE_OPTIONS. */
const HARMLESS: readonly string[] = [
  ...[
    '--max-old-space-size=4096',
    '--max_old_space_size=64',
    '--no-warnings',
    '--enable-source-maps',
    '-C',
    '-C=dev',
  ],
  ...[
    '--conditions=development',
    '--no-deprecation',
    '--throw-deprecation',
    '--pending-deprecation',
    '--title=x',
  ],
  ...[
    '--trace-warnings',
    '--trace_deprecation',
    '--trace-uncaught',
    '--trace-exit',
    '--trace-sigint',
    '--trace-gc',
  ],
  ...[
    '--unhandled-rejections=strict',
    '--stack-trace-limit=50',
    '--dns-result-order=ipv4first',
    '--use-system-ca',
  ],
  ...['--use-bundled-ca', '--tls-min-v1.2', '--tls-min-v1.3', '--tls-max-v1.3', '--openssl-legacy-provider'],
  ...['--no-experimental-fetch', '--experimental-vm-modules', '--max-http-header-size=16384', '--expose-gc'],
  ...[
    '--no-inspect',
    '--no-heap-prof',
    '--preserve-symlinks',
    '--experimental-strip-types',
    '--jitless',
    '--secure-heap=2',
  ],
  ...['inspect', 'require', './--require.js', 'x=--require', '', '-', '--'],
];

describe('A21 options of Node', () => {
  test.each(DANGEROUS)('%s is dangerous', (word) => {
    const found = findDangerousOption(['--no-warnings', 'value', word]);
    expect(found?.name).toMatch(/^--[a-z0-9.-]+$/);
    expect(found?.effect).not.toBe('');
  });

  test.each(HARMLESS)('%j is not', (word) => {
    expect(findDangerousOption([word, 'value'])).toBeNull();
  });

  test('a value is never repeated', () => {
    expect(findDangerousOption(['--require=/home/me/Canary-5f2c8a1b7d3e9046.js'])).toEqual({
      name: '--require',
      effect: 'loads other code or settings into keyturn',
    });
  });

  test('every option that this Node allows in NODE_OPTIONS was looked at', () => {
    const dangerous = [...process.allowedNodeEnvironmentFlags].filter((flag) => findDangerousOption([flag]));
    const name = (flag: string) => flag.split('=')[0]?.replaceAll('_', '-') ?? '';
    const listed = new Set(DANGEROUS.map(name));
    const families =
      /^--(inspect|report|heap-prof|cpu-prof|heapsnapshot|perf|trace-event|experimental-|debug|http-parser)/;
    expect(dangerous.filter((flag) => !listed.has(flag) && !families.test(flag))).toEqual([]);
    expect(dangerous.filter((flag) => flag.startsWith('--no-'))).toEqual([]);
    // A flag that can load code, write a file or listen says so in its name: none of those may be left over.
    const telling =
      /require|import|loader|inspect|keylog|prof$|report|snapshot-|heapsnapshot|dir$|file|config|policy/;
    const passed = [...process.allowedNodeEnvironmentFlags].filter(
      (flag) => telling.test(flag) && !flag.startsWith('--no-') && !findDangerousOption([flag]),
    );
    expect(passed.filter((flag) => !HARMLESS_NAMES.has(flag))).toEqual([]);
  });
});

const HARMLESS_NAMES: ReadonlySet<string> = new Set([
  '--experimental-require-module',
  '--experimental-import-meta-resolve',
  '--experimental-network-imports',
  '--experimental-print-required-tla',
  '--force-node-api-uncaught-exceptions-policy',
  // They count under `node --test` only, which does not run keyturn.
  '--test-reporter',
  '--test-reporter-destination',
  '--trace-require-module',
  '--policy-integrity',
  '--icu-data-dir',
  '--localstorage-file',
  '--disable-sigusr1',
  '--allow-inspector',
]);
