import type { Secret } from '../../domain/secret.ts';
import { secretForms as formsOf } from '../../domain/secret-forms.ts';

/** A form of a secret as the bytes that a child may write. */
export interface ByteForm {
  readonly bytes: Uint8Array;
  readonly wraps: boolean;
}

/** Empty for a secret that is too short. */
export function secretForms(secret: Secret): readonly ByteForm[] {
  return formsOf(secret.reveal()).map(({ text, wraps }) => ({ bytes: Buffer.from(text, 'utf8'), wraps }));
}
