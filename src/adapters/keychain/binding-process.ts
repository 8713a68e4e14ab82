import { type ChildProcess, spawn } from 'node:child_process';
import { withoutOwnVariables } from '../../domain/variable-name.ts';

export interface BindingRequest {
  readonly operation: 'get' | 'set' | 'delete' | 'version';
  readonly service: string;
  readonly account: string;
  readonly password: string | null;
}

export type BindingAnswer =
  | { readonly kind: 'password'; readonly password: string | null }
  | { readonly kind: 'deleted'; readonly deleted: boolean }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'not-installed' | 'failed' | 'timeout' };

/** A process that loads the binding for one request. */
export interface BindingProcess {
  /** `timeoutMs` counts from here; then the process is killed. Never throws. */
  ask(request: BindingRequest, timeoutMs: number): Promise<BindingAnswer>;
}

export interface BindingProcessOptions {
  /** The `node` to run. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The built `keychain-child.ts`. */
  readonly program: string;
}

export function startBindingProcess(options: BindingProcessOptions): BindingProcess {
  const env = withoutOwnVariables(options.env);
  // Neither our debugger nor somebody's --require belongs in the process that handles the key.
  for (const name of Object.keys(env)) if (/^NODE_/i.test(name)) delete env[name];
  const child = spawn(options.node, [options.program], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part: string) => {
    output += part;
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<'ended'>((resolve) => {
    child.on('error', () => resolve('ended'));
    child.on('close', () => resolve('ended'));
  });
  return {
    async ask(request, timeoutMs) {
      child.stdin.end(JSON.stringify(request));
      const how = await Promise.race([ended, expire(child, timeoutMs)]);
      child.kill('SIGKILL');
      return how === 'timeout' ? { kind: 'timeout' } : decodeAnswer(output);
    },
  };
}

function expire(child: ChildProcess, ms: number): Promise<'timeout'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.stdout?.destroy();
      resolve('timeout');
    }, ms);
    child.once('close', () => clearTimeout(timer));
    child.once('error', () => clearTimeout(timer));
  });
}

function decodeAnswer(text: string): BindingAnswer {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return { kind: 'failed' };
  if ('deleted' in value && typeof value.deleted === 'boolean') {
    return { kind: 'deleted', deleted: value.deleted };
  }
  if ('password' in value && (typeof value.password === 'string' || value.password === null)) {
    return { kind: 'password', password: value.password };
  }
  if ('version' in value && typeof value.version === 'string')
    return { kind: 'version', version: value.version };
  return { kind: 'reason' in value && value.reason === 'not-installed' ? 'not-installed' : 'failed' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
