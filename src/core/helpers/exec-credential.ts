import { AppError, usage } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import type { Origin } from '../../domain/origin.ts';
import { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import { parseInstant, toInstant } from '../../domain/time.ts';
import { boundServer, type HelperStore, readServer } from './choose-entry.ts';

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

export interface ExecRequest {
  readonly credential: string;
  /** `--host HOST[:PORT]`: the server for an entry that is bound to none. */
  readonly host?: string | null;
  /** `KUBERNETES_EXEC_INFO`. */
  readonly execInfo: string | undefined;
}

/**
 * Kubernetes' client-go credential plugin: an `ExecCredential` with the token, and with `expirationTimestamp` where it is
 * known, so that the client asks again. A kubeconfig may come from a stranger: the token goes only to the server that the
 * entry is bound to. The result is what to write to stdout.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function answerExecCredential(store: HelperStore, request: ExecRequest): Promise<Secret> {
  const entry = await store.find(request.credential);
  if (!entry) throw noCredential(request.credential);
  const { apiVersion, server } = readExecInfo(request.execInfo);
  const bound = boundServer(entry, request.host ?? null);
  if (bound !== server) {
    throw new AppError({
      code: 'conflict',
      message: `"${safeText(entry.name, 128)}" is for ${bound ?? 'another server'}, and is not given to ${server}`,
      hint: `import the cluster's own credential with \`--origin ${server}\`, and name that one`,
    });
  }
  const expires = parseInstant(entry.current.expiresAt);
  const token = (await store.open(entry.name)).reveal();
  const status = expires === null ? { token } : { expirationTimestamp: toInstant(expires), token };
  return Secret.of(`${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`);
}

/** The version that the client asks for, and the server that it will send the token to. */
function readExecInfo(text: string | undefined): { readonly apiVersion: string; readonly server: Origin } {
  const info = parse(text ?? '');
  const asked = field(info, 'apiVersion');
  const apiVersion = VERSIONS.find((one) => one === asked);
  if (text && !apiVersion) {
    throw usage(
      '"KUBERNETES_EXEC_INFO" asks for another version',
      `set apiVersion to ${VERSIONS[0]} in the kubeconfig`,
    );
  }
  const cluster = field(field(info, 'spec'), 'cluster');
  const address = field(cluster, 'server');
  if (!apiVersion || typeof address !== 'string') {
    throw usage(
      'nothing says which server the token is for',
      'add `provideClusterInfo: true` to the `exec` section of the kubeconfig',
    );
  }
  const server = readServer(address);
  if (server === null) {
    throw usage(
      'the server of the cluster has no address that keyturn accepts',
      'the kubeconfig must name it as https://HOST or https://HOST:PORT',
    );
  }
  refuseDetour(cluster);
  return { apiVersion, server };
}

/** The address says who gets the token only where the client connects to it and checks who answers. */
function refuseDetour(cluster: unknown): void {
  const detour =
    field(cluster, 'insecure-skip-tls-verify') === true
      ? 'insecure-skip-tls-verify'
      : ['proxy-url', 'tls-server-name'].find((name) => (field(cluster, name) ?? '') !== '');
  if (detour === undefined) return;
  throw usage(
    `the kubeconfig sets "${detour}": somebody else than its server could get the token`,
    `remove "${detour}" from the cluster in the kubeconfig`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
