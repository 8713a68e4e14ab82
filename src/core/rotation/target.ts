import type { ProjectKey, Token } from '../../domain/token.ts';

/** What is to be replaced. */
export type RotationTarget =
  | {
      readonly kind: 'token';
      readonly token: Token;
      /** It was found to be the managing credential. */
      readonly isOwn?: boolean;
    }
  | { readonly kind: 'key'; readonly project: string; readonly key: ProjectKey };
