import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDuration } from '../../src/domain/duration.ts';
import { createCanary } from './canary.ts';
import type { TestSandbox, TestTime } from './sandbox.ts';
import type { TestHome } from './temp.ts';
import { readCommandLine } from './transcript-command.ts';

/** The world around the commands of one transcript. */
export interface World {
  readonly sandbox: TestSandbox;
  readonly home: TestHome;
  readonly time: TestTime;
  readonly variables: Map<string, string>;
  /** Files that a command was told to put a secret into, or that the person wrote one into. */
  readonly mayHold: Set<string>;
  faults: readonly string[];
}

type Direction = (world: World, words: readonly string[], rest: string) => void;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  /** `also through the built command`: read by those who play it. */
  also: () => undefined,
  /** `assume devo-create-returns-token`: read before the sandbox begins. */
  assume: () => undefined,
  /** `fault POST * reset-after x1` */
  fault: (world, _, rest) => setFaults(world, [...world.faults, rest]),
  /** `no faults` */
  no: (world) => setFaults(world, []),
  /** `time 13h`: that much later */
  time: ({ time }, [duration = '']) => time.advance(parseDuration(duration)),
  /** `seed devo 250` */
  seed: ({ sandbox }, [provider = '', count]) => sandbox.seedTokens(provider, Number(count)),
  /** `file PATH "text\n"` */
  file(world, [path = ''], rest) {
    const target = prepare(world, path);
    const text = readCommandLine(rest.slice(path.length + 1), world.variables).words.join(' ');
    writeFileSync(target, text.replaceAll('\\n', '\n').replaceAll('\\t', '\t'), { mode: 0o600 });
    if (createCanary(world.sandbox.secrets).find(text) !== null) world.mayHold.add(path);
  },
  /** `link PATH TARGET` */
  link: (world, [path = '', target = '']) => symlinkSync(join(world.home.path, target), prepare(world, path)),
  /** `mode PATH 644` */
  mode: ({ home }, [path = '', mode = '']) => chmodSync(join(home.path, path), Number.parseInt(mode, 8)),
  /** `remove PATH` */
  remove: ({ home }, [path = '']) => rmSync(join(home.path, path), { recursive: true }),
  /** `secret may be in PATH` */
  secret({ mayHold }, words) {
    mayHold.add(words.at(-1) ?? '');
  },
};

/** Changes the world as a stage direction says. Throws `Error` where there is no such direction. */
export function direct(world: World, line: string): void {
  const [verb = '', ...words] = line.split(' ');
  const direction = DIRECTIONS[verb];
  if (!direction) throw new Error(`no such stage direction: ${line}`);
  direction(world, words, line.slice(verb.length + 1));
}

function setFaults(world: World, rules: readonly string[]): void {
  world.faults = rules;
  world.sandbox.setFaults(rules);
}

function prepare({ home }: World, path: string): string {
  const target = join(home.path, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  return target;
}
