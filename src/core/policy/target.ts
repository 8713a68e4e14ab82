import type { PolicyToken } from '../../domain/policy.ts';
import type { Destination } from '../../ports/destination.ts';
import type { Provider } from '../../ports/provider.ts';
import type { OperationDeps } from '../operation/deps.ts';

/** One token of a policy with everything that is needed to look after it. */
export interface PolicyTarget {
  readonly token: PolicyToken;
  readonly provider: Provider;
  /** The profile that the connection is of, the current one where the policy names none; null for KEYTURN_TOKEN. */
  readonly profile: string | null;
  /** The destinations of `token.deliver`, in its order. */
  readonly destinations: readonly Destination[];
  /** Those of `token.deliver` that lead out of the policy's folder. */
  readonly outside: readonly string[];
  /** The connection, unlocked on first use; targets of one profile share it. Throws what stands in the way. */
  connect(): Promise<OperationDeps>;
}
