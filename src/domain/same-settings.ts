/** A provider's settings by name: region, domain, organisation. They name the account at an origin. */
export type AccountSettings = Readonly<Record<string, string>>;

/** Whether both name one account. The order of the settings does not matter. */
export function sameSettings(one: AccountSettings, other: AccountSettings): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
