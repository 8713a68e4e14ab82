import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Assumptions } from '../../src/sandbox/assumptions.ts';
import { type Canary, createCanary, findInFiles } from './canary.ts';
import type { RunResult } from './cli.ts';
import { findCommand } from './runner-check.ts';
import { createTestTime, startTestSandbox, type TestTime } from './sandbox.ts';
import { createTestHome, type TestHome } from './temp.ts';
import { type CommandLine, readCommandLine } from './transcript-command.ts';
import { matches, normalise } from './transcript-normal.ts';
import { type Entry, parseTranscript, type Step } from './transcript-parse.ts';
import { direct, type World } from './transcript-stage.ts';

/** How a command is run: in this process, as the built program, as the packed one. */
export type Engine = (
  args: readonly string[],
  around: {
    readonly home: TestHome;
    readonly env: Readonly<Record<string, string>>;
    readonly stdin: string | undefined;
    readonly time: TestTime;
    readonly remark: string;
  },
) => Promise<Ran>;

type Ran = RunResult & { readonly commandLines?: readonly string[] };

/** What a played transcript did: the entries with what really came out, and each difference in words. */
export interface Played {
  readonly entries: readonly Entry[];
  readonly differences: readonly string[];
  /** Where a secret was that must not be there, and faults of keyturn itself: never right, whatever is expected. */
  readonly leaks: readonly string[];
}

/** Plays a transcript in an empty home against a sandbox of its own, and looks for secrets after every command. */
export async function playTranscript(text: string, engine: Engine): Promise<Played> {
  const entries = parseTranscript(text);
  const time = createTestTime();
  const sandbox = await startTestSandbox({ time, assumptions: assumptionsOf(entries) });
  const home = createTestHome();
  try {
    const variables = new Map([
      ['SANDBOX', sandbox.origin],
      ['HOME', home.path],
      ['ERROVA_SESSION', sandbox.login('errova', 'session-cookie')],
    ]);
    for (const provider of ['errova', 'devo', 'prefactor', 'bluebricks'])
      variables.set(`${provider.toUpperCase()}_LOGIN`, sandbox.login(provider));
    const player = new Player({ sandbox, home, time, variables, mayHold: new Set(), faults: [] }, engine);
    const played: Entry[] = [];
    for (const entry of entries) {
      if (entry.kind === 'stage') direct(player.world, entry.line);
      played.push(entry.kind === 'step' ? await player.play(entry) : entry);
    }
    return { entries: played, differences: player.differences, leaks: player.leaks };
  } finally {
    home.remove();
    await sandbox.close();
  }
}

function assumptionsOf(entries: readonly Entry[]): Partial<Assumptions> {
  const said = entries.flatMap((entry) => (entry.kind === 'stage' ? [entry.line] : []));
  return {
    errovaBearerCreate: said.includes('assume errova-bearer-create'),
    devoCreateReturnsToken: said.includes('assume devo-create-returns-token'),
  };
}

class Player {
  readonly world: World;
  readonly differences: string[] = [];
  readonly leaks: string[] = [];
  readonly #engine: Engine;
  /** Secrets that the person typed. */
  readonly #typed: string[] = [];
  #made: { readonly count: number; readonly canary: Canary } | null = null;

  constructor(world: World, engine: Engine) {
    this.world = world;
    this.#engine = engine;
  }

  async play(step: Step): Promise<Step> {
    const { requests } = this.world.sandbox;
    const command = readCommandLine(step.text, this.world.variables);
    if (command.stdin !== null && command.stdin.length > 12) this.#typed.push(command.stdin.trim());
    this.#noteDestinations(command);
    const before = requests.length;
    const ran = await this.#run(command);
    const sent = requests.slice(before).map(({ method, path, query, status }) => {
      return `${method} ${path}${query === '' ? '' : `?${query}`} ${status}`;
    });
    const stdout = command.keepAs === null ? ran.stdout : this.#keep(step, command.keepAs, ran.stdout);
    const actual: Step = {
      ...step,
      stdout: this.#normal(stdout),
      stderr: this.#normal(ran.stderr),
      code: ran.code,
      sent: step.sent === null ? null : this.#normal(sent.join('\n')),
    };
    this.#compare(step, actual);
    this.#look(step, command, ran);
    // Recorded: what is said with `[..]` stays as it is said.
    return {
      ...actual,
      stdout: keepWildcards(actual.stdout, step.stdout),
      stderr: keepWildcards(actual.stderr, step.stderr),
    };
  }

  async #run(command: CommandLine): Promise<Ran> {
    const [program, ...args] = command.words;
    if (program !== 'keyturn') return { code: 0, stdout: this.#builtIn(program, args), stderr: '' };
    const { home, time } = this.world;
    return this.#engine(args, {
      home,
      time,
      env: { ...home.env, ...command.env },
      stdin: command.stdin ?? undefined,
      remark: command.remark,
    });
  }

  /** The three programs beside keyturn that a transcript may use. */
  #builtIn(program: string | undefined, args: readonly string[]): string {
    const path = join(this.world.home.path, args[0] ?? '.');
    if (program === 'cat') return readFileSync(path, 'utf8');
    if (program === 'mode') return `${(statSync(path).mode & 0o777).toString(8)}\n`;
    if (program === 'ls') return `${readdirSync(path).sort().join('\n')}\n`;
    throw new Error(`a transcript cannot run ${program}`);
  }

  /** `NAME=$(…)`: one trailing newline goes, as in a shell; a secret must be the whole of it. */
  #keep(step: Step, name: string, stdout: string): string {
    const value = stdout.replace(/\n$/, '');
    this.world.variables.set(name, value);
    const whole = this.#secrets().includes(value);
    if (!whole && this.#canary().find(value) !== null)
      this.leaks.push(`line ${step.line}: ${name} holds more than a secret`);
    return '';
  }

  #compare(expected: Step, actual: Step): void {
    const where = `line ${expected.line}: $ ${expected.text}\n`;
    const parts = [
      ['stdout', expected.stdout, actual.stdout],
      ['stderr', expected.stderr, actual.stderr],
      ['requests', expected.sent ?? [], actual.sent ?? []],
    ] as const;
    for (const [what, wanted, got] of parts) {
      if (!matches(got, wanted))
        this.differences.push(`${where}${what} is\n${indent(got)}\nand not\n${indent(wanted)}`);
    }
    if (expected.code !== actual.code)
      this.differences.push(`${where}ended with ${actual.code}, not ${expected.code}`);
  }

  /** A secret on stdout is right where the transcript says `[secret]`, and nowhere else. */
  #look(step: Step, command: CommandLine, ran: Ran): void {
    const canary = this.#canary();
    const seen = command.words[0] === 'cat' || command.keepAs !== null;
    // The line that makes a runner's log hide a secret holds it, and is told only where a log is read for such lines.
    const stderr =
      command.env['GITHUB_ACTIONS'] === 'true'
        ? ran.stderr.replace(/^::add-mask::.*$/gm, (line) => this.#withoutSecrets(line))
        : ran.stderr;
    const places: [string, string | null][] = [
      ['a secret on stdout', seen ? null : canary.find(this.#withoutSecrets(ran.stdout))],
      ['a secret on stderr', canary.find(stderr)],
      ['a secret in a command line', canary.find((ran.commandLines ?? []).join('\n'))],
      ['a secret in a file', findInFiles(canary, this.world.home, (path) => this.#mayHoldSecret(path))],
      ['a command for a CI runner', findCommand({ ...ran, env: command.env })],
      ['a fault of keyturn itself', /fault of its own|^ {4}at /m.exec(ran.stderr)?.[0] ?? null],
    ];
    for (const [what, found] of places)
      if (found !== null) this.leaks.push(`line ${step.line}: $ ${step.text}\n${what}: ${found}`);
  }

  #withoutSecrets(text: string): string {
    return this.#secrets().reduce((rest, secret) => rest.split(secret).join('[secret]'), text);
  }

  #mayHoldSecret(path: string): boolean {
    const { mayHold, home } = this.world;
    if (mayHold.has(path)) return true;
    // The store that keeps secrets in clear, where the person chose it.
    return (
      path.endsWith('/credentials.yaml') && /^store: file$/m.test(readFileSync(join(home.path, path), 'utf8'))
    );
  }

  #noteDestinations(command: CommandLine): void {
    for (const word of command.words) {
      const path = /^(?:file:|env:)([^#]+)/.exec(word)?.[1];
      if (path !== undefined) this.world.mayHold.add(path.replace(`${this.world.home.path}/`, ''));
    }
  }

  /** Made again only when there are new secrets: it takes longer than looking. */
  #canary(): Canary {
    const secrets = this.#secrets();
    if (this.#made?.count !== secrets.length)
      this.#made = { count: secrets.length, canary: createCanary(secrets) };
    return this.#made.canary;
  }

  #secrets(): string[] {
    return [...new Set([...this.world.sandbox.secrets, ...this.#typed])];
  }

  #normal(text: string): string[] {
    const { variables, sandbox, home } = this.world;
    const named = [...variables].filter(([name]) => name !== 'HOME' && name !== 'SANDBOX');
    return normalise(text, {
      secrets: this.#secrets(),
      variables: new Map(named),
      origin: sandbox.origin,
      home: home.path,
    });
  }
}

function keepWildcards(actual: readonly string[], expected: readonly string[]): readonly string[] {
  if (matches(actual, expected)) return expected;
  const loose = expected.filter((line) => line.includes('[..]'));
  return actual.map((line) => loose.find((each) => matches([line], [each])) ?? line);
}

function indent(lines: readonly string[]): string {
  return lines.length === 0 ? '  (nothing)' : lines.map((line) => `  ${line}`).join('\n');
}
