import { usage } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { chooseEntry, type HelperChoice, type HelperStore, originOf } from './choose-entry.ts';

const MAX_INPUT = 64 * 1024;

/**
 * git's credential helper protocol: `get` answers with a username and a password, or with nothing, and git goes on to
 * ask; `store` and `erase` change nothing, since keyturn keeps and ends credentials by its own commands. The result is
 * what to write to stdout. Source: https://git-scm.com/docs/git-credential
 */
export async function answerGit(
  store: HelperStore,
  choice: HelperChoice,
  request: { readonly action: string; readonly input: string },
): Promise<Secret | null> {
  if (request.action !== 'get') return null;
  const asked = readAttributes(request.input);
  const server = originOf(asked.get('protocol') ?? '', asked.get('host') ?? '');
  if (server === null) return null;
  const entry = await chooseEntry(store, choice, server);
  if (!entry) return null;
  const secret = await store.open(entry.name);
  const answer = new Map([
    ['username', asked.get('username') ?? choice.username],
    ['password', secret.reveal()],
  ]);
  const expires = entry.current.expiresAt;
  if (expires !== null) answer.set('password_expiry_utc', String(Math.floor(Date.parse(expires) / 1000)));
  return Secret.of(writeAttributes(answer));
}

function readAttributes(input: string): Map<string, string> {
  if (input.length > MAX_INPUT) throw usage('the request is too long', 'this command is for git to call');
  const attributes = new Map<string, string>();
  for (const line of input.split('\n')) {
    if (line === '') break;
    const equals = line.indexOf('=');
    if (equals > 0) attributes.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return attributes;
}

/** A line break in a value would be another attribute to git (CVE-2020-5260, CVE-2024-52006). */
function writeAttributes(attributes: ReadonlyMap<string, string>): string {
  const lines: string[] = [];
  for (const [name, value] of attributes) {
    if (/[\r\n\0]/.test(value)) {
      throw usage(
        `the ${name} has a line break and cannot be given to git`,
        'store it again without one: `keyturn credentials import`',
      );
    }
    lines.push(`${name}=${value}\n`);
  }
  return lines.join('');
}
