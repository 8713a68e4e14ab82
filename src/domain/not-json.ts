import { AppError } from './errors.ts';

/** The refusal of an answer that is no JSON, or none that keyturn reads. Never holds content. */
export function notJson(why = ''): AppError {
  return new AppError({
    code: 'failure',
    message: `the answer is not JSON${why}`,
    hint: 'something between keyturn and the provider may have answered: see `keyturn doctor`',
  });
}
