import type { Definition } from '../provider-table.ts';
import { listOf } from '../several.ts';
import { type Problem, requestsOf } from './problem.ts';

/** Statuses beside 2xx that may count as done: a secret that is known and may not do this; a thing that is gone. Never 401. */
const ACCEPTED: Readonly<Record<string, readonly number[]>> = {
  prove: [403],
  probe: [403],
  revoke: [404, 410],
  delete: [404, 410],
};
const PAGE_REFUSALS: readonly number[] = [400, 413, 414, 422];
/** Words of a refusal that is about the credential. */
const ABOUT_CREDENTIAL =
  /auth|permission|permit|forbidden|denied|credential|expired|session|login|token.?invalid|invalid.?token/i;

/** A refusal must not be read as a success, nor a credential's refusal as a thing that is gone. */
export function findMeaningProblems(definition: Definition): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { place, role, request } of requestsOf(definition)) {
    const odd = request.accepts?.find((status) => !(ACCEPTED[role] ?? []).includes(status));
    if (odd !== undefined)
      problems.push({ place: [...place, 'accepts'], says: `takes the status ${odd} for a success` });
    for (const [index, { status, has }] of (request.empty ?? []).entries()) {
      if (status !== 404 || has === undefined)
        problems.push({
          place: [...place, 'empty', index],
          says: 'takes a refusal for an empty list that is not a 404 with words of its own',
        });
      if (role !== 'list' && role !== 'probe')
        problems.push({
          place: [...place, 'empty', index],
          says: 'says what is empty of a call that is no list',
        });
    }
    for (const [index, { status }] of (request.pages?.refused ?? []).entries()) {
      if (!PAGE_REFUSALS.includes(status))
        problems.push({
          place: [...place, 'pages', 'refused', index],
          says: `takes the status ${status} for a refusal of a page`,
        });
    }
  }
  return [...problems, ...findErrorProblems(definition)];
}

function findErrorProblems({ errors }: Definition): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = 'reads a refusal of the credential as something else';
  for (const [word, code] of Object.entries(errors?.codes ?? {})) {
    if (code !== 'auth' && ABOUT_CREDENTIAL.test(word))
      problems.push({ place: ['errors', 'codes', word], says: wrong });
  }
  for (const [index, { has, code }] of (errors?.words ?? []).entries()) {
    const place = ['errors', 'words', index];
    const parts = listOf(has);
    if (parts.length === 0 || parts.some((part) => part.trim().length < 4))
      problems.push({
        place,
        says: 'has words of fewer than four characters, which would be in any message',
      });
    if (code !== undefined && code !== 'auth' && parts.some((part) => ABOUT_CREDENTIAL.test(part)))
      problems.push({ place, says: wrong });
  }
  for (const [index, { at, is, present, least }] of (errors?.inside ?? []).entries()) {
    const place = ['errors', 'inside', index];
    if ([is, present, least].filter((one) => one !== undefined).length !== 1)
      problems.push({ place, says: 'has a rule that needs exactly one of "is", "present" and "least"' });
    else if (at === '' || present === false)
      problems.push({ place, says: 'would read every answer as a refusal' });
  }
  return problems;
}
