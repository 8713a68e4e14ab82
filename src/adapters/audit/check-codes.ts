import type { AuditCheck } from '../../ports/audit.ts';
import type { KeySource } from '../../ports/sealer.ts';
import type { AuditCode, AuditCodes } from './audit-codes.ts';
import type { ChainCheck, ChainedLine } from './audit-text.ts';

/** A check of the codes, and which lines they prove. */
export interface ProvedCheck extends AuditCheck {
  /** The first line from which on every line is proved; one behind the last line when that one is not. */
  readonly provedSince: number;
}

/**
 * Checks each line's own code. A later line vouches for none before it: whoever strips the codes or signs with a key of his own would
 * be vouched for by keyturn's next record. Only a note that keyturn makes before its key changes does, for lines that it has checked.
 * A wrong code of a key that is at hand was changed.
 */
export async function checkCodes({ lines, ...check }: ChainCheck, codes: AuditCodes): Promise<ProvedCheck> {
  const known = new Map<string, AuditCode | null>();
  const find = async (keyId: string): Promise<AuditCode | null> => {
    if (!known.has(keyId)) known.set(keyId, await codes.find(keyId));
    return known.get(keyId) ?? null;
  };
  const proved = new Map<ChainedLine, KeySource>();
  for (const [index, line] of lines.entries()) {
    const { chain, entry, signature } = line;
    const own = signature ? await find(signature.keyId) : null;
    const next = 'carry' in entry ? await find(entry.carry.keyId) : null;
    const isChanged =
      (own !== null && own.codeOf(chain) !== signature?.code) ||
      (next !== null && next.codeOf(chain) !== line.carried);
    if (isChanged) {
      const before = lines.slice(0, index);
      return { ...check, ...summarize(before, proved), records: countEvents(before), brokenAt: line.number };
    }
    if (own) proved.set(line, own.source);
    if (next && 'carry' in entry) {
      for (const each of lines.slice(0, index + 1))
        if (each.number >= entry.carry.since && !proved.has(each))
          // The note vouches for what was checked then, and the check was no better than the key of the line's own code.
          proved.set(each, each !== line && each.signature?.keyId.startsWith('file-') ? 'file' : next.source);
    }
  }
  return { ...check, ...summarize(lines, proved) };
}

function summarize(
  lines: readonly ChainedLine[],
  proved: ReadonlyMap<ChainedLine, KeySource>,
): Pick<ProvedCheck, 'proof' | 'provedSince'> {
  const sources = new Set(proved.values());
  const [weakest = null] = (['file', 'variable', 'store'] as const).filter((source) => sources.has(source));
  const isUnproved = (line: ChainedLine): boolean => !proved.has(line);
  const last = lines.findLast(isUnproved);
  return {
    proof: {
      records: countEvents(lines.filter((line) => proved.has(line))),
      key: weakest,
      unprovedAt: lines.find((line) => 'action' in line.entry && isUnproved(line))?.number ?? null,
    },
    provedSince: last ? last.number + 1 : 1,
  };
}

function countEvents(lines: readonly ChainedLine[]): number {
  return lines.filter(({ entry }) => 'action' in entry).length;
}
