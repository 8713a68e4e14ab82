import { usage } from '../../domain/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const UNSAFE_OPTION =
  /^(?:-r.*|--(?:require|import|loader|experimental-loader|tls-keylog|inspect[a-z-]*|heapsnapshot-[a-z-]+|heap-prof[a-z-]*|report-[a-z-]+|diagnostic-dir))(?:=.*)?$/;

/**
 * Refuses variables that hand credentials to somebody else: Node reads them itself, so that nothing in this program
 * could undo their effect on a request. Throws `AppError` (usage).
 */
export function refuseUnsafeEnvironment(env: Environment): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED']?.trim() === '0') {
    throw usage(
      '"NODE_TLS_REJECT_UNAUTHORIZED=0" would send credentials to anybody who answers',
      'unset it; a private certificate authority is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    );
  }
  const words = (env['NODE_OPTIONS'] ?? '').split(/[\s"']+/);
  for (const word of words) {
    // Node reads `--tls_keylog` as `--tls-keylog`.
    const name = (word.split('=')[0] ?? '').replaceAll('_', '-');
    if (!UNSAFE_OPTION.test(name)) continue;
    const shown = name.startsWith('--') ? name : '-r';
    throw usage(
      `"NODE_OPTIONS" holds "${shown}", which can read every credential`,
      'unset NODE_OPTIONS for keyturn',
    );
  }
}
