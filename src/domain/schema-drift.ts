import { AppError } from './errors.ts';

/**
 * A vendor's answer did not have the shape that keyturn knows. Names the fields that were seen, never a value.
 * After a create or rotate call it means that a secret may be in the captured bytes: they are kept.
 */
export class SchemaDrift extends AppError {
  constructor(what: string, seen: readonly string[]) {
    const fields = seen.length === 0 ? 'no fields' : `the fields ${seen.slice(0, 12).join(', ')}`;
    super({
      code: 'failure',
      message: `the answer has no ${what}; it has ${fields}`,
      hint: 'the provider may have changed its API; please report the field names',
    });
  }
}

/** An answer to a create or rotate call holds more than one value that may be the secret: which one it is, only the vendor knows. */
export class SeveralSecrets extends AppError {
  /** The provider's id of what was made, where the answer named it. */
  readonly itemId: string | null;

  constructor(fields: readonly string[], itemId: string | null) {
    super({
      code: 'failure',
      message: `the answer holds several values that may be the secret: ${fields.slice(0, 12).join(', ')}`,
      hint: 'the provider may have changed its API; please report the field names',
    });
    this.itemId = itemId;
  }
}
