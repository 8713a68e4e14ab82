const PLAIN = /^[A-Za-z0-9_./+=:@%,^~!?*{}[\]-]+$/;

/**
 * Whether the value without quotation marks means the same to everything that reads a dotenv file: shells (`. file`),
 * dotenv for Node, Python and Compose, and those that take all after the first `=` as it stands, quotation marks
 * included (`docker run --env-file`, GitLab's dotenv report). Shells replace a
 * `~` and zsh a `=` at the start and after a `:`.
 */
export function isPlainDotenv(value: string): boolean {
  return PLAIN.test(value) && !/(^|:)[~=]/.test(value);
}
