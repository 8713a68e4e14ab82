import type { ProviderProblem, RefusalContext } from '../../ports/provider.ts';
import type { ErrorAnswer } from '../../ports/request.ts';
import { isFields } from '../decode.ts';
import { readProblem } from '../problem.ts';
import { refusalIn } from '../refusal.ts';
import { formsOf } from './form.ts';
import type { Definition } from './provider-table.ts';
import { listOf } from './several.ts';
import { holds } from './token.ts';

/** The status that a refusal in a 2xx answer is read with when it names none. */
const UNNAMED = 422;

export function readError({ errors = {}, token }: Definition, answer: ErrorAnswer): ProviderProblem {
  const { requestId = 'x-request-id', hints = {}, codes, code, message, words = [] } = errors;
  const ruleFor = (said: string) => {
    const known = said.toLowerCase();
    return words.find(({ has }) => listOf(has).some((part) => known.includes(part.toLowerCase())));
  };
  return readProblem(answer, {
    requestIdHeader: requestId,
    hints,
    hintFor: (said) => ruleFor(said)?.hint,
    codeFor: (said) => ruleFor(said)?.code,
    secretStarts: formsOf(token.secretForm).flatMap(({ starts }) => listOf(starts)),
    ...(codes !== undefined && { codes }),
    ...(code !== undefined && { codeAt: code }),
    ...(message !== undefined && { messageAt: message }),
  });
}

/** A success that is a refusal: by the definition’s own rules, else in the ways that vendors are known to have. */
export function findRefusal(
  definition: Definition,
  body: unknown,
  context: RefusalContext | undefined,
): ProviderProblem | null {
  const read = (answer: ErrorAnswer) => readError(definition, answer);
  const known = refusalIn(body, read, context);
  if (known !== null) return known;
  const isInside = isFields(body) && definition.errors?.inside?.some((rule) => holds(rule, body));
  if (!isInside) return null;
  const { header = () => null, secret } = context ?? {};
  return read({ status: UNNAMED, body, header, isInferred: true, ...(secret !== undefined && { secret }) });
}
