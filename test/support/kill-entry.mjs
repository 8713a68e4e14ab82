// The built command with something between it and the world: every effect is counted, and at a chosen one the process
// is gone, as by `kill -9`. The first argument is the plan, the others are the command's. The published command has no
// such hook: this entry hands it in from outside.
import { appendFileSync } from 'node:fs';
import { main, nodeRuntime } from '../../dist/cli/start.cjs';

/**
 * at: the number of the effect; side: before, half (of a write) or after, or fill: nothing is killed, but the disk is full
 * from there on, by the file `filler`; or a mishap that ends the process in another way. trace: a file for a line an effect.
 * client: the HTTP client of every request.
 */
const { at, side, trace, filler, client } = JSON.parse(process.argv[2]);
let count = 0;

const MISHAPS = {
  heap() {
    const held = [];
    for (;;) held.push(new Array(10_000).fill(held.length));
  },
  stack() {
    const deeper = (depth) => deeper(depth + 1) + 1;
    deeper(0);
  },
  rejection() {
    void Promise.reject(new Error('a mistake in a dependency'));
  },
  exit() {
    process.exit(0);
  },
};

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const runtime = nodeRuntime();
process.exitCode = await main(process.argv.slice(3), {
  ...runtime,
  // A provider's settling takes no time here.
  clock: { ...runtime.clock, sleep: (ms) => runtime.clock.sleep(Math.min(ms, 5)) },
  stdout: wrapOutput(runtime.stdout, 'stdout'),
  decorate: { disk: wrapDisk, transport: wrapTransport, chooseClient: client && (() => client) },
});

async function effect(what, work, half) {
  count += 1;
  const here = count === at;
  if (trace) appendFileSync(trace, `${what}\n`);
  if (here && side === 'before') die();
  if (here && side === 'fill') fill();
  if (here) MISHAPS[side]?.();
  if (here && side === 'half' && half) {
    await half();
    die();
  }
  try {
    return await work();
  } finally {
    if (here && side === 'after') die();
  }
}

function fill() {
  for (let size = 65_536; size >= 1; size = size > 1 ? size >> 1 : 0) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size), { mode: 0o600 });
    } catch {
      // Full for this size.
    }
  }
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  // Nothing of this process goes on, whenever the signal comes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

// Looking changes nothing: to die before a look is to die after the change before it.
function wrapDisk(disk) {
  return {
    ...disk,
    create: async (path, mode) =>
      wrapFile(await effect(`create ${path}`, () => disk.create(path, mode)), path),
    append: async (path) => wrapFile(await disk.append(path), path),
    rename: (from, to) => effect(`rename ${to}`, () => disk.rename(from, to)),
    remove: (path) => effect(`remove ${path}`, () => disk.remove(path)),
    truncate: (path, size) => effect(`truncate ${path}`, () => disk.truncate(path, size)),
    makeFolder: (path, mode) => effect(`folder ${path}`, () => disk.makeFolder(path, mode)),
    syncFolder: (path) => effect(`sync ${path}/`, () => disk.syncFolder(path)),
  };
}

function wrapFile(file, path) {
  return {
    ...file,
    write: (bytes) =>
      effect(
        `write ${path}`,
        () => file.write(bytes),
        () => file.write(bytes.subarray(0, bytes.length >> 1)),
      ),
    sync: () => effect(`sync ${path}`, () => file.sync()),
  };
}

function wrapTransport(transport) {
  return {
    call: (endpoint, request, openBody) =>
      effect(`call ${request.method} ${request.path}`, () => transport.call(endpoint, request, openBody)),
    sendOnce: (endpoint, request, capture) =>
      effect(`issue ${request.method} ${request.path}`, () =>
        transport.sendOnce(endpoint, request, {
          head: (status, id) => effect('answer head', () => capture.head(status, id)),
          chunk: (bytes) => effect('answer bytes', () => capture.chunk(bytes)),
        }),
      ),
    close: () => transport.close(),
  };
}

function wrapOutput(stream, name) {
  return { ...stream, write: (text) => effect(`write ${name}`, () => stream.write(text)) };
}
