import { checkCredential } from '../../../core/create-command.ts';
import { commandLine } from '../../../domain/command-line.ts';
import { usage } from '../../../domain/errors.ts';
import type { Origin } from '../../../domain/origin.ts';
import { safeText } from '../../../domain/text.ts';
import type { Provider } from '../../../ports/provider.ts';
import type { Services } from '../../services/services.ts';

interface SharedSession {
  readonly provider: Provider;
  readonly session: Awaited<ReturnType<Services['vendorSession']>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly origin: Origin;
  readonly profile: string;
}

/** Asks a person, whom `--yes` does not replace. Off a terminal it throws `usage` with the command that names file and origin. */
export async function confirmSession(
  app: Pick<Services, 'prompter' | 'runtime'>,
  { provider, session, settings, origin, profile }: SharedSession,
): Promise<void> {
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const words = ['login', provider.id, ...options, '--from-cli', '--cli-file', session.path, '--url', origin];
  const instead = `if you mean that session, run \`${commandLine(words, profile)}\``;
  const shown = `"${safeText(session.path, 300)}"`;
  if (!app.prompter.interactive)
    throw usage(
      `the session in ${shown} (for ${origin}) lies in a repository or in the current folder, where others may have put it`,
      `nothing was sent; ${instead}`,
    );
  const place = { provider, profile, fromCli: true };
  const { account } = checkCredential(place, session.secret, app.runtime.clock.now());
  const whose = account === undefined || account === null ? '' : ` of "${safeText(account, 200)}"`;
  await app.prompter.confirm(
    `${shown} lies in a repository or in the current folder. Use its session${whose} at ${origin}?`,
    instead,
  );
}
