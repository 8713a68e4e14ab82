/** These signals write the memory of the process to a file, unless that is switched off before. */
const DUMPS_CORE = /^SIG(QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|SEGV|XCPU|XFSZ|SYS|UNUSED|EMT)$/;

/**
 * Whether the process may end by this signal and leave no image of its memory behind. Node cannot set the limit, `prlimit` can: a
 * limit of 1 byte stops a core file and the programs that collect cores.
 */
export function endsWithoutCore(
  own: Pick<NodeJS.Process, 'getBuiltinModule' | 'pid' | 'platform'>,
  signal: NodeJS.Signals,
): boolean {
  if (!DUMPS_CORE.test(signal)) return true;
  if (own.platform !== 'linux') return false;
  const { spawnSync } = own.getBuiltinModule('node:child_process');
  for (const program of ['/usr/bin/prlimit', '/bin/prlimit']) {
    const args = ['--pid', String(own.pid), '--core=1:1'];
    if (spawnSync(program, args, { env: {}, stdio: 'ignore', timeout: 2_000 }).status === 0) break;
  }
  try {
    const limits = own.getBuiltinModule('node:fs').readFileSync('/proc/self/limits', 'latin1');
    return /^Max core file size\s+1\s/m.test(limits);
  } catch {
    return false;
  }
}
