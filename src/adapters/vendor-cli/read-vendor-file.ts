import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk } from '../../ports/disk.ts';

const LIMIT = 1024 * 1024;

/**
 * A file of a vendor's command, links followed; null where there is none. Throws `usage` for one that other users may change or
 * replace: they would choose the credential. That others may read it is the vendor's own affair.
 */
export async function readVendorFile(disk: Disk, path: string): Promise<Uint8Array | null> {
  const bytes = await disk.read(await disk.resolve(path), LIMIT);
  const open = bytes && (await disk.openToOthers(path));
  if (!open) return bytes;
  const shown = safeText(open.path, 300);
  const quoted = `'${shown.replaceAll("'", "'\\''")}'`;
  const isWritable = open.why === 'writable';
  throw usage(
    `other users may change or replace "${safeText(path, 300)}": "${shown}" ${isWritable ? 'is open to them' : 'belongs to one of them'}`,
    `${isWritable ? `\`chmod go-w ${quoted}\`` : `make it yours (\`ls -ld ${quoted}\`)`}, look at the session in it, then log in again`,
  );
}
