/** Where each number of the fault matrix is proved: a file, and the beginning of a test's title in it. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

const crash = at('faults/crash.test.ts');
const connection = at('faults/connection.test.ts');
const network = at('faults/network.test.ts');
const local = at('faults/local.test.ts');
const disk = at('faults/disk.test.ts');
const syscalls = at('faults/syscalls.test.ts');
const simulated = at('faults/simulated.test.ts');
const clock = at('faults/clock.test.ts');
const once = at('unit/adapters/http/send-once.test.ts');
const call = at('unit/adapters/http/call.test.ts');
const tls = at('unit/adapters/http/tls-and-proxy.test.ts');
const hostile = at('unit/adapters/journal/hostile.test.ts');
const fullDisk = at('unit/adapters/journal/full-disk.test.ts');
const rotate = at('unit/core/rotation/rotate.test.ts');
const resume = at('unit/core/rotation/resume.test.ts');
const mutants = at('support/sim-mutants.ts');

export const PROVED: Readonly<Record<number, readonly Proof[]>> = {
  ...numbered(crash, [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
  ...numbered(connection, [6, 7, 22, 25]),
  ...numbered(
    network,
    [23, 24, 26, 27, 28, 29, 30, 31, 32, 33, 34, 37, 38, 39, 43, 45, 47, 49, 53, 54, 58, 67, 68],
  ),
  ...numbered(local, [51, 56, 70, 88, 92, 93, 96, 97]),
  ...numbered(disk, [77]),
  ...numbered(syscalls, [78, 80]),
  ...numbered(crash, [86]),
  ...numbered(at('faults/provider.test.ts'), [41, 72]),
  19: [...connection('#19 '), ...once('refused', 'a name that does not exist')],
  20: [
    ...tls(
      'says what is wrong with a certificate, and sends nothing',
      'refuses TLS 1.1 and what is no TLS at all',
    ),
    ...once('a reset or silence during the TLS handshake'),
  ],
  21: tls('a proxy that answers with %s: nothing was sent', 'a proxy that is silent or not there'),
  35: [...once('an answer that ends with the connection is complete'), ...network('#33 ')],
  36: once('chunks without the last one'),
  40: at('unit/core/operation/two-secrets.test.ts')('#40 '),
  42: [...network('#42 '), ...rotate('leaves the new one current and delivered, the old one ended: ')],
  44: [...once('a flood of 1xx'), ...call('accepts early hints')],
  46: [
    ...once('cuts at 1 MiB, keeps what came, and stays small'),
    ...at('unit/adapters/http/compression.test.ts')('gzip'),
  ],
  48: once('a length and chunks', 'no HTTP'),
  50: mutants('no watch list: an issuing request that two lists did not show is forgotten'),
  52: resume('a replay that comes without the secret: ', 'a replay that makes a second one: '),
  55: mutants('single list: one clean list is believed', 'no watch list: '),
  57: at('unit/core/client.test.ts')(
    'a list that is always new stops after 10,000 pages',
    'all tells each id once',
  ),
  59: [...at('faults/names.test.ts')('#59 '), ...mutants('match anything new: ')],
  60: mutants('match anything new: '),
  61: mutants('match anything new: '),
  62: at('unit/providers/hostile.test.ts')('every field with every odd value'),
  63: rotate('of another account needs a person, and ends nothing'),
  64: rotate('is tried again while the provider learns of it'),
  65: rotate('that is never accepted is ended, and the old one stays current'),
  69: rotate('that dies with the old one brings the old one back'),
  66: [...at('faults/provider.test.ts')('#66 '), ...rotate('#66 ')],
  71: at('unit/core/rotation/old-ends.test.ts')('#71 '),
  73: resume('the old secret of Errova lives on for a while'),
  74: resume(
    'half-way leaves a rotation that another login finishes',
    'too soon is refused before the request',
  ),
  75: resume('sends nothing when the origin changed since', 'sends nothing when the account changed since'),
  76: [
    ...syscalls('#76 EACCES', '#76 the folder of the journal', '#76 a journal on a file system'),
    ...fullDisk('begins nothing without room for a header'),
    ...disk('#77 '),
  ],
  79: [
    ...fullDisk('captures nothing after a gap'),
    ...at('unit/adapters/store/store-crash.test.ts')(
      'a full disk at any effect is an error that leaves old or new',
    ),
  ],
  81: [
    ...simulated('#81 each rename fails for 5 s', '#81 renames fail for ever'),
    ...syscalls('#81 for a while', '#81 for ever'),
    ...at('unit/adapters/disk/retrying-disk.test.ts')('for five seconds', 'for ever'),
  ],
  82: [
    ...local('#82 '),
    ...hostile('in a folder that others can look into, or behind a link, is not touched'),
    ...at('unit/adapters/disk/node-disk.test.ts')('a link or a file in the place of the folder is refused'),
  ],
  83: [
    ...simulated('#83 '),
    ...at('unit/adapters/store/store-tamper.test.ts')('%s at the first write: exit 7, no file'),
    ...at('unit/adapters/store/journal-sealer.test.ts')(
      'a locked keychain is unavailable, never another key',
    ),
    ...at('system/keychain/keychain.test.ts')(
      'does not wait for a daemon that is stopped',
      'takes no for an answer',
      'does not take an item that was not kept for kept',
    ),
    ...at('system/keychain-store.test.ts')('gone while an issuing request is on its way'),
  ],
  84: [...local('#84 '), ...clock('#84 ')],
  85: at('e2e/shell.test.ts')('a full disk behind stdout loses nothing', 'a closed pipe loses nothing'),
  87: [
    ...simulated('#87 %s, at each request', '#87 %s between the lost answer', '#87 %s while a grace lasts'),
    ...clock('#87 '),
    ...at('unit/adapters/locks/file-locks.test.ts')(
      'waits as long as it was told, also when the clock is set',
    ),
  ],
  89: [
    ...at('unit/adapters/store/store-processes.test.ts')(
      'a lock is free when its holder was killed, reaped or not',
    ),
    ...hostile('never has two operations of a subject, even when locks let everybody in'),
  ],
  90: [
    ...at('unit/adapters/journal/power-cut.test.ts')(
      'loses nothing that was recorded when everything unsynced is gone',
    ),
    ...at('unit/adapters/store/store-crash.test.ts')('a power cut at any effect leaves old or new'),
  ],
  91: hostile(
    'is refused with any byte flipped',
    'is refused or in an earlier state when cut off anywhere',
    'is refused with records left out, doubled or in another order',
    'and was put back beside a second one for the credential',
  ),
  94: [
    ...rotate('stops before the old one ends, and resume delivers'),
    ...at('unit/core/policy/policy.test.ts')('delivers again what a destination does not hold'),
  ],
  95: hostile('of version %i is refused and left as it is'),
  98: [
    ...at('unit/core/rotation/model.test.ts')('three faults at random'),
    ...at('proof/rotation-model.test.ts')('the model, one to four faults at random'),
  ],
};

/** Numbers without a test, and why; docs/proof.md tells the same. */
export const NOT_PROVED: Readonly<Record<number, string>> = {};

function at(file: string): (...titles: readonly string[]) => readonly Proof[] {
  return (...titles) => titles.map((title) => ({ file: `test/${file}`, title }));
}

function numbered(
  proofs: (...titles: readonly string[]) => readonly Proof[],
  numbers: readonly number[],
): Record<number, readonly Proof[]> {
  return Object.fromEntries(numbers.map((number) => [number, proofs(`#${number} `)]));
}
