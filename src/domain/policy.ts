/** One token that must exist, as a policy file says it. Times in ms. */
export interface PolicyToken {
  /** The logical name: it stays while a rotation gives the provider's token another one. */
  readonly name: string;
  /** Null for the connection of the environment or the current profile. */
  readonly profile: string | null;
  readonly scopes: readonly string[];
  /** The provider's own: `user`, `audience`, `token-scope` … */
  readonly options: Readonly<Record<string, string>>;
  /** Asked for where the provider lets a token's end be chosen. */
  readonly lifetimeMs: number | null;
  /** Older secrets are replaced. */
  readonly maximumAgeMs: number | null;
  /** A token that ends within this time is replaced. */
  readonly renewBeforeMs: number | null;
  /** How long a replaced token goes on working. */
  readonly graceMs: number | null;
  /** Labels of destinations, their paths absolute. */
  readonly deliver: readonly string[];
  /** The store's entry; null for none. */
  readonly save: string | null;
}

export interface Policy {
  readonly tokens: readonly PolicyToken[];
}

/**
 * What texts in a policy look like, as sources of regular expressions (flag `u`); the published JSON Schema has the same.
 * Narrower than on the command line: a file says one thing in one way.
 */
export const POLICY_PATTERNS = {
  /** A mark of a rotation at the end would be taken off again, so no name may have one. */
  name: '^(?!.*-[0-9]{8}-(?:[0-9a-f]{8}){1,2}$)[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,99}$',
  profile: '^[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,127}$',
  scope: '^[^\\u0000-\\u001f\\u007f]{1,1000}$',
  optionName: '^[a-z][a-z\\-]{0,39}$',
  optionValue: '^[^\\u0000-\\u001f\\u007f]{1,1000}$',
  duration: '^([1-9][0-9]{0,3}[smhd]|[1-9][0-9]{0,2}w)$',
  destination: '^(file|env|github-output|github-env|exec):[^\\u0000-\\u001f\\u007f]{1,4000}$',
} as const;

export type PolicyPattern = keyof typeof POLICY_PATTERNS;
