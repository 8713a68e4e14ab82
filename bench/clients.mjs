// `node bench/clients.mjs [RUNS]`: CPU of N requests in one process through each HTTP client, both in turn in one run.
// CPU is user and system time of the whole process. The server is another process with prepared answers.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile } from '../scripts/bundle.mjs';
import { firstLine, ROOT } from '../scripts/lib.mjs';

const SELF = fileURLToPath(import.meta.url);
const COUNTS = (process.env.COUNTS ?? '0,1,2,5,10,50,500,5000,20000').split(',').map(Number);
/** How the requests go: lists one after another, lists 32 at a time, and creates on connections of their own. */
const KINDS = (process.env.KINDS ?? 'sequential,parallel,once').split(',');
const PAGE = JSON.stringify(
  Array.from({ length: 100 }, (_, id) => ({ id, name: `token ${id}`, enabled: true })),
);

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'serve') await serve();
else if (mode === 'send') await send(...rest);
else await compare(Number(mode ?? 5));

async function serve() {
  const { createServer } = await import('node:net');
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${PAGE.length}\r\n\r\n${PAGE}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.write(answer));
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

async function send(bundled, client, kind, count, port) {
  const { createHttpTransport } = createRequire(import.meta.url)(bundled);
  const transport = createHttpTransport({
    ...{ chooseClient: client === 'chosen' ? undefined : () => client, env: {}, userAgent: 'bench' },
    clock: { now: Date.now, sleep: async () => undefined },
    random: { bytes: (size) => new Uint8Array(size) },
  });
  const auth = { id: 'bearer', headers: (secret) => ({ authorization: `Bearer ${secret.reveal()}` }) };
  const endpoint = { origin: `http://127.0.0.1:${port}`, secret: { reveal: () => 'bench' }, auth };
  const capture = { head: async () => undefined, chunk: async () => undefined };
  let left = Number(count);
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      if (kind === 'once')
        await transport.sendOnce(endpoint, { method: 'POST', path: '/', body: {} }, capture);
      else await transport.call(endpoint, { method: 'GET', path: '/' });
    }
  };
  await Promise.all(Array.from({ length: kind === 'sequential' ? 1 : 32 }, worker));
  await transport.close();
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1_000);
}

async function compare(runs) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bundleFile(ROOT, 'transport', 'src/adapters/http/transport.ts', folder);
  const server = spawn(process.execPath, [SELF, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await firstLine(server.stdout);
  console.log(`CPU ms, the least of ${runs}, Node ${process.version}\n`);
  console.log('| requests | kind | node | undici | chosen |\n|---|---|---|---|---|');
  for (const kind of KINDS) {
    for (const count of COUNTS) {
      const best = { node: Infinity, undici: Infinity, chosen: Infinity };
      for (let run = 0; run < (count > 500 ? Math.ceil(runs / 2) : runs); run += 1) {
        for (const client of Object.keys(best)) {
          const args = [SELF, 'send', join(folder, 'transport.cjs'), client, kind, String(count), port];
          best[client] = Math.min(best[client], Number(execFileSync(process.execPath, args)));
        }
      }
      console.log(`| ${count} | ${kind} | ${Object.values(best).map(Math.round).join(' | ')} |`);
    }
  }
  server.kill();
}
