import type { Identity, Token } from '../../domain/token.ts';
import type { ApiCall } from '../../ports/provider.ts';
import { type Fields, findId, isFields } from '../decode.ts';
import { findList } from '../envelope.ts';
import { readRecords } from '../records.ts';
import { checkMust, readIdentity } from './answers.ts';
import { rulesOf, shapeOf } from './lists.ts';
import { fillingOfTarget, type Made, requestOf } from './request.ts';
import type { RequestDefinition } from './request-table.ts';

/**
 * A read that proves a credential. With `list`, the identity comes from one row: `proveCall` takes the row with the
 * token’s id, `probeCall` takes the first row.
 */
export function probeCall(made: Made, request: RequestDefinition): ApiCall<void, Identity> {
  return {
    ...rulesOf(request),
    request: (_input, settings, now) => requestOf(made, request, { settings, now }),
    decode: (body) => identityIn(made, request, body, null),
  };
}

export function proveCall(made: Made, request: RequestDefinition): ApiCall<Token, Identity> {
  return {
    ...rulesOf(request),
    request: (token, settings, now) =>
      requestOf(made, request, { settings, filling: fillingOfTarget(token), now }),
    decode: (body, token) => identityIn(made, request, body, token),
  };
}

function identityIn(
  { definition }: Made,
  request: RequestDefinition,
  body: unknown,
  token: Token | null,
): Identity {
  // A status listed in `accepts` comes without a body, so there is no identity to read.
  if (body === undefined) return readIdentity(request, {});
  checkMust(request, body);
  if (request.list === undefined) return readIdentity(request, isFields(body) ? body : {});
  const shape = shapeOf(definition, request);
  readRecords(body, shape);
  const rows = findList(body, ...shape.names).filter(isFields);
  const isOwn = (row: Fields) => token === null || findId(row, ...shape.ids) === token.id;
  return readIdentity(request, rows.find(isOwn) ?? {});
}
