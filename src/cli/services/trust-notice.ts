import { isAppError } from '../../domain/errors.ts';
import { splitNodeOptions } from '../../domain/node-options.ts';
import { safeText } from '../../domain/text.ts';
import type { Transport } from '../../ports/transport.ts';
import { absolutePath } from './named-paths.ts';
import type { Services } from './services.ts';

type App = Pick<Services, 'disk' | 'note' | 'runtime'>;

/**
 * A proxy alone sees nothing of a TLS connection; a proxy and an authority that whoever set both variables chose see all of it,
 * the credential included. Companies that inspect traffic need both, so the command goes on, and one line says so.
 */
export function withTrustNotice(transport: Transport, app: App): Transport {
  const variables = trustVariables(app.runtime.env);
  if (variables.length === 0) return transport;
  let noted = false;
  const notice = async (origin: string) => {
    if (noted) return;
    const line = await trustLine(app, variables, origin);
    if (line !== null && !noted) app.note(line);
    noted ||= line !== null;
  };
  return {
    async call(endpoint, ...rest) {
      await notice(endpoint.origin);
      return transport.call(endpoint, ...rest);
    },
    async sendOnce(endpoint, ...rest) {
      await notice(endpoint.origin);
      return transport.sendOnce(endpoint, ...rest);
    },
    close: () => transport.close(),
  };
}

/** The variables that add authorities. With the system's authorities Node reads those of OpenSSL as well. */
function trustVariables(env: Services['runtime']['env']): readonly string[] {
  const options = splitNodeOptions(env['NODE_OPTIONS'] ?? '').map((word) => word.replaceAll('_', '-'));
  const isSystem = env['NODE_USE_SYSTEM_CA'] === '1' || options.includes('--use-system-ca');
  return ['NODE_EXTRA_CA_CERTS', ...(isSystem ? ['SSL_CERT_FILE', 'SSL_CERT_DIR'] : [])].filter(
    (name) => env[name],
  );
}

async function trustLine(app: App, variables: readonly string[], origin: string): Promise<string | null> {
  const { env } = app.runtime;
  const { describeProxy } = await import('../../adapters/http/proxy.ts');
  try {
    const proxy = describeProxy(env, origin);
    if (proxy === null) return null;
    const named = variables.map((name) => `${name}="${safeText(env[name] ?? '', 200)}"`).join(', ');
    const shared: string[] = [];
    for (const name of variables) if (await isShared(app, env[name] ?? '')) shared.push(name);
    const where =
      shared.length === 0
        ? ''
        : `; ${shared.join(' and ')} leads into the current folder or a repository, where somebody else may have written it: unset it unless you put it there`;
    return `the proxy ${proxy.address} can read the credential if an authority of ${named} signs for ${origin}${where}`;
  } catch (error) {
    // The request fails by the same error, with its own words.
    if (isAppError(error)) return null;
    throw error;
  }
}

async function isShared({ disk, runtime }: App, path: string): Promise<boolean> {
  const { isInSharedPlace } = await import('../../adapters/vendor-cli/shared-place.ts');
  return isInSharedPlace(await disk(), absolutePath(runtime, path), runtime.cwd);
}
