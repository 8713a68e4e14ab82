/**
 * A vendor's "no", thrown from wherever it is found out and turned into that vendor's error body at one place.
 * It never leaves a vendor: it is an answer on its way, not an error of the program.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Reasons by field, for the vendors that list them. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}
