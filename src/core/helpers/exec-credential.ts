import { usage } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { Secret } from '../../domain/secret.ts';
import { parseInstant, toInstant } from '../../domain/time.ts';
import type { HelperStore } from './choose-entry.ts';

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Kubernetes' client-go credential plugin: an `ExecCredential` with the token, and with `expirationTimestamp` where it is
 * known, so that the client asks again. `execInfo` is `KUBERNETES_EXEC_INFO`. The result is what to write to stdout.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function answerExecCredential(
  store: HelperStore,
  request: { readonly credential: string; readonly execInfo: string | undefined },
): Promise<Secret> {
  const apiVersion = readVersion(request.execInfo);
  const entry = await store.find(request.credential);
  if (!entry) throw noCredential(request.credential);
  const expires = parseInstant(entry.current.expiresAt);
  const token = (await store.open(entry.name)).reveal();
  const status = expires === null ? { token } : { expirationTimestamp: toInstant(expires), token };
  return Secret.of(`${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`);
}

/** The version that the client asks for; the current one where it does not say. */
function readVersion(execInfo: string | undefined): string {
  if (!execInfo) return 'client.authentication.k8s.io/v1';
  const info = parse(execInfo);
  const asked = typeof info === 'object' && info !== null && 'apiVersion' in info ? info.apiVersion : null;
  const version = VERSIONS.find((one) => one === asked);
  if (version) return version;
  throw usage(
    '"KUBERNETES_EXEC_INFO" asks for another version',
    `set apiVersion to ${VERSIONS[0]} in the kubeconfig`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
