import type { JsonObject } from '../../domain/json.ts';
import type { ListReport } from '../../output/report.ts';
import type { AuditCheck, AuditRecord } from '../../ports/audit.ts';
import { AUDIT_COLUMNS } from './columns.ts';
import { many, type OneDocument, one } from './document.ts';

export function auditDocument(records: readonly AuditRecord[], empty: string): ListReport {
  return many({
    schema: 'keyturn.audit/1',
    key: 'records',
    columns: AUDIT_COLUMNS,
    items: records.map(recordJson),
    empty,
  });
}

function recordJson(record: AuditRecord): JsonObject {
  const { at, sequence, action, outcome, profile, provider, origin, id, attempt } = record;
  const { fingerprint, requestId, target } = record;
  return {
    ...{ at, sequence, action, outcome, profile, provider, origin },
    ...{ id, attempt, fingerprint, requestId, target },
  };
}

/** Of a log that is intact and proved; any other is an error. */
export function auditCheckDocument({ records, proof }: AuditCheck): OneDocument {
  const proved = proof?.records ?? 0;
  return one('keyturn.audit-check/1', { records, intact: true, proved, key: proof?.key ?? null });
}
