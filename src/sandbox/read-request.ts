import type { IncomingMessage } from 'node:http';
import type { SandboxRequest } from './vendor.ts';

const LARGEST_BODY = 1_048_576;

/** The request as a value, or the status with which it is refused before any vendor sees it. */
export async function readRequest(
  incoming: IncomingMessage,
): Promise<SandboxRequest | { readonly refused: number }> {
  const [rawPath = '/', search = ''] = split(incoming.url ?? '/');
  const path = decodePath(rawPath);
  if (path === undefined) return { refused: 400 };
  const body = await readBody(incoming);
  if (body === undefined) return { refused: 413 };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  const method = incoming.method ?? 'GET';
  return { method, path, rawPath, query: new URLSearchParams(search), headers, body };
}

function split(url: string): readonly string[] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

function decodePath(rawPath: string): string | undefined {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length <= LARGEST_BODY) chunks.push(chunk);
  }
  return length <= LARGEST_BODY ? Buffer.concat(chunks) : undefined;
}
