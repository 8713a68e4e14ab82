import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What one `curl` of a script got. */
export interface Answered {
  readonly status: number;
  /** The body read as JSON; null for none. With `-i`, what stands behind the headers. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the JSON
  readonly body: any;
  /** All that was printed, headers included. */
  readonly text: string;
}

interface ScriptResult {
  readonly answers: readonly Answered[];
  readonly stdout: string;
}

/** The command blocks of a vendor's document as they are printed there, by their headings. */
export function printedBlocks(vendor: string): ReadonlyMap<string, string> {
  const file = new URL(`../fixtures/documents/${vendor}.sh`, import.meta.url);
  const text = readFileSync(fileURLToPath(file), 'utf8');
  const parts = text.split(/^# --- (.+)\n/m).slice(1);
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
}

/** Puts what a reader puts in place of a document's placeholders. */
export function filledIn(script: string, values: Readonly<Record<string, string>>): string {
  // The longest first: `YOUR_TOKEN_NAME` begins `YOUR_TOKEN_NAME_TO_DEACTIVATE`.
  const names = Object.keys(values).sort((a, b) => b.length - a.length);
  return names.reduce((text, name) => text.replaceAll(name, values[name] ?? ''), script);
}

/** Runs a script with the real bash and curl; only a status line is added behind each answer of curl. */
export function runPrinted(script: string, home: string): Promise<ScriptResult> {
  const prelude = `curl() { command curl -q --noproxy '*' -w '\\n#status %{http_code}\\n' "$@"; }\n`;
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', prelude + script], {
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    shell.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    shell.on('error', reject);
    shell.on('close', (code) => {
      if (code === 0) resolve({ answers: answersIn(stdout), stdout });
      else reject(new Error(`bash ended with ${code}: ${stderr}`));
    });
  });
}

function answersIn(stdout: string): readonly Answered[] {
  return [...stdout.matchAll(/([\s\S]*?)\n#status (\d{3})\n/g)].map(([, text = '', status]) => {
    const body = text.startsWith('HTTP/') ? text.slice(text.indexOf('\r\n\r\n') + 4) : text;
    return { status: Number(status), body: body === '' ? null : JSON.parse(body), text };
  });
}
