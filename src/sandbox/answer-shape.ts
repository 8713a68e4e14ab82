import { ERROR_BODIES } from './error-bodies.ts';
import { REFUSALS_IN_200 } from './not-done.ts';
import { DATE_FORMS } from './odd-dates.ts';
import type { ValuesOf } from './switch.ts';
import { choice, fieldName, flag, initialValues } from './switch.ts';

/** How one vendor words its answers. `--assume VENDOR.NAME=VALUE` sets one, `--assume NAME=VALUE` for all four. */
export const ANSWER_SWITCHES = {
  envelope: fieldName(
    'flat',
    {
      usual: 'an answer with a secret is the object that the vendor documents',
      otherwise:
        'that object is the content of this field, such as `data`, `result`, `machineToken`, `rotated`; `bare`: the secret alone, as a JSON text',
    },
    ['bare'],
  ),
  secretField: fieldName('documented', {
    usual: 'the secret is in the documented field or, where none is documented, in the assumed one',
    otherwise: 'it is in this field',
  }),
  ids: flag(true, {
    usual: 'an answer with a secret has the id of the token, where the vendor has ids',
    otherwise: 'it has none',
  }),
  creates: choice(['done', ...REFUSALS_IN_200], {
    usual: 'a create or rotation that is accepted is done',
    otherwise: 'nothing is done, and a 200 says so in this way',
  }),
  endings: choice(['done', 'silent', 'unchanged', ...REFUSALS_IN_200], {
    usual: 'a revoke, delete, disable or expiry that is accepted is done',
    otherwise:
      '`silent`: nothing is done and the answer is the same; `unchanged`: nothing is done, and the answer shows the token as it is; else nothing is done, and a 200 says so in this way',
  }),
  changes: choice(['done', 'silent', ...REFUSALS_IN_200], {
    usual: 'an enable or a rename that is accepted is done',
    otherwise:
      '`silent`: nothing is done and the answer is the same; else nothing is done, and a 200 says so in this way',
  }),
  writes: choice(['documented', 'text', 'empty'], {
    usual: 'a change that has no secret to show answers as documented',
    otherwise: '`text`: plain `OK`; `empty`: no body',
  }),
  errors: choice(ERROR_BODIES, {
    usual: 'a refusal has the error body that is documented or assumed',
    otherwise: 'it has a body of this form; the status stays',
  }),
  dates: choice(DATE_FORMS, {
    usual: 'dates are written as the vendor writes them',
    otherwise:
      'without a zone, with a space or the zone `+00`, as a day, or as a number since 1970 in seconds (also as a text) or milliseconds',
  }),
  compressed: choice(['none', 'errors', 'secrets', 'all'], {
    usual: 'no answer is compressed',
    otherwise: 'the answers that are named here are compressed, whatever the client accepts',
  }),
  coding: choice(['gzip', 'br', 'deflate'], {
    usual: 'compressed answers have this content coding',
    otherwise: 'they have another one',
  }),
};

export type AnswerShape = ValuesOf<typeof ANSWER_SWITCHES>;

export const DOCUMENTED_SHAPE: AnswerShape = initialValues(ANSWER_SWITCHES);
