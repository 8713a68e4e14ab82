import type { Definition } from './provider-table.ts';

/** Something that a person may rely on with this provider; `why` is said where it does not hold. */
export interface Promised {
  readonly promise: string;
  readonly holds: boolean;
  readonly why: string;
}

/** What a definition makes possible and what it does not, for whoever decides whether to use it. */
export function promisesOf({ tokens, rotation, probe }: Definition): readonly Promised[] {
  const { way, replay, secretShown, ends, names } = rotation;
  const isInPlace = way === 'in-place';
  const tellsIdentity = [probe.must, probe.list, probe.account, probe.subject].some(
    (one) => one !== undefined,
  );
  return [
    {
      promise: 'after a lost answer the new token is found',
      holds: rotation.mark !== undefined || isInPlace,
      why: 'nothing marks a new token',
    },
    {
      promise: 'after a lost answer the new secret is still had',
      // A rotation in place may be asked for once more.
      holds: replay === 'returns-secret' || secretShown === 'again' || isInPlace,
      why: 'the secret is shown once: the new token is ended, and the rotation starts again',
    },
    {
      promise: 'a new secret is tried before the old token ends',
      holds: tokens.prove !== undefined && !isInPlace,
      why: isInPlace ? 'the old secret ends with the same call' : 'no call is open to every token',
    },
    {
      promise: 'both secrets work during a grace period',
      holds: !isInPlace,
      why: 'the vendor replaces the secret in place',
    },
    {
      promise: 'a token keeps its name in a rotation',
      holds: isInPlace || names === 'free',
      why: names === 'none' ? 'the vendor has no names' : 'a name is given once',
    },
    {
      promise: 'an ended token is gone for good',
      holds: ends !== 'disable-only',
      why: 'the vendor can only disable a token',
    },
    {
      promise: 'a wrong credential is noticed at login',
      holds: tellsIdentity,
      why: 'the probe requires nothing in the answer, so any server that answers passes for the vendor',
    },
  ];
}
