import { createCanary, findInFiles } from './canary.ts';
import type { RunResult } from './cli.ts';
import { dig, fingerprintOf, type KillRig, type RemoteItem, type Round } from './kill-rig.ts';
import type { KillScenario } from './kill-scenarios.ts';
import { describeStrike, type Strike } from './kill-victim.ts';

export interface KillReport {
  readonly strike: Strike;
  /** `told`: a person was told what lives at the provider; everything else ended by itself. */
  readonly end: 'done' | 'told';
  readonly lost: number;
  readonly stranded: number;
  readonly leaked: number;
  /** How the command itself ended, what it said, and what it asked the provider. */
  readonly first: FirstRun;
  /** All of it, in words; empty when every promise held. */
  readonly problems: readonly string[];
}

export interface FirstRun {
  readonly code: number;
  readonly output: string;
  readonly requests: ReturnType<Round['requests']>;
}

export interface CaseOptions {
  /** Runs the command in this process, to its end: for what goes wrong without a kill. */
  readonly inProcess?: boolean;
  /** More options of the command. */
  readonly more?: readonly string[];
  /** Rules of the sandbox while the command runs; they are gone when it is resumed, unless `lasting`. */
  readonly faults?: readonly string[];
  readonly lasting?: readonly string[];
  /** Where the first resume is killed. */
  readonly second?: Strike;
  /** What else befalls the home, right after the kill. */
  readonly spoil?: (round: Round) => void;
}

const MOST_RESUMES = 10;

/** Kills the command there, resumes until nothing is unfinished, and looks at what is left everywhere. */
export async function killCase(rig: KillRig, strike: Strike, options: CaseOptions = {}): Promise<KillReport> {
  const round = rig.begin();
  try {
    return await new Case(rig, round, strike).play(options);
  } finally {
    round.end();
  }
}

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly text: string;
}

class Case {
  readonly #rig: KillRig;
  readonly #round: Round;
  readonly #strike: Strike;
  readonly #scenario: KillScenario;
  readonly #problems: string[] = [];
  readonly #outputs: string[] = [];
  #lost = 0;
  #stranded = 0;
  #leaked = 0;

  constructor(rig: KillRig, round: Round, strike: Strike) {
    this.#rig = rig;
    this.#round = round;
    this.#strike = strike;
    this.#scenario = rig.scenario;
  }

  async play({
    faults = [],
    lasting = [],
    second,
    spoil,
    inProcess = false,
    more = [],
  }: CaseOptions): Promise<KillReport> {
    const { world } = this.#rig;
    world.setFaults([...faults, ...lasting]);
    const victim = inProcess ? await this.#round.runCommand(more) : await this.#round.strike(this.#strike);
    const first = { code: victim.code, output: victim.output, requests: this.#round.requests() };
    this.#outputs.push(victim.output);
    world.setFaults(lasting);
    if (second) this.#outputs.push((await this.#round.strikeResume(second)).output);
    spoil?.(this.#round);
    await this.#checkReadable();
    this.#checkFiles('right after the kill');
    const told = await this.#settle();
    world.setFaults([]);
    const reached = await this.#isReached();
    if (!reached && this.#canRunAgain(told)) await this.#runAgain();
    const isWhole = reached || this.#canRunAgain(told);
    if (isWhole) await this.#checkEnd(told);
    await this.#checkConverged();
    if (isWhole) await this.#goOn();
    this.#checkFiles('at the end');
    this.#checkLeftovers();
    this.#checkOutputs();
    const where = describeStrike(this.#strike);
    return {
      strike: this.#strike,
      first,
      end: told.length > 0 ? 'told' : 'done',
      lost: this.#lost,
      stranded: this.#stranded,
      leaked: this.#leaked,
      problems: this.#problems.map((problem) => `${this.#scenario.name}, ${where}: ${problem}`),
    };
  }

  /** Who asks for the credential in the meantime gets one that works: the old one, or the new one. */
  async #checkReadable(): Promise<void> {
    if (this.#scenario.change !== 'overlap') return;
    const secret = await this.#saved();
    if (secret !== null && this.#isLive(secret)) return;
    this.#lost += 1;
    this.#problem('right after the kill the store holds no secret that works');
  }

  /** Resumes until nothing is open; gives back what was told to a person, and then closed by that person. */
  async #settle(): Promise<readonly Operation[]> {
    for (let round = 0; round < MOST_RESUMES; round += 1) {
      const open = (await this.#operations()).filter(({ state }) => state === 'open');
      if (open.length === 0) break;
      if (round > 0 && this.#scenario.graceMs !== undefined) this.#afterGrace(open);
      await this.#run(['rotations', 'resume', '--all', '--yes']);
    }
    const left = await this.#operations();
    for (const { state, text } of left)
      if (state !== 'attention') this.#problem(`${state} after ${MOST_RESUMES} resumes: ${text}`);
    const told = left.filter(({ state }) => state === 'attention');
    this.#checkTold(told);
    for (const { id } of told) {
      const done = await this.#run(['rotations', 'abort', id, '--yes']);
      if (done.code !== 0) this.#problem(`abort of what was told ended with ${done.code}: ${done.stderr}`);
    }
    return told;
  }

  /** While the grace lasts both work. */
  #afterGrace(open: readonly Operation[]): void {
    if (!open.some(({ text }) => text.includes('"dueAt":"'))) return;
    for (const item of this.#round.before) {
      if (item.live && !this.#isSame(item)) this.#problem(`"${item.id}" ended before its grace did`);
    }
    this.#rig.time.advance((this.#scenario.graceMs ?? 0) + 1_000);
  }

  /** What lives and is in nobody's hands must be named to the person, and be one at most. */
  #checkTold(told: readonly Operation[]): void {
    const unknown = this.#unknown();
    const text = told.map((operation) => operation.text).join('\n') + this.#outputs.join('\n');
    const named = unknown.filter(({ id, name }) => text.includes(id) || (name !== '' && text.includes(name)));
    if (told.length > 0 && unknown.length <= 1 && named.length === unknown.length) return;
    if (unknown.length === 0) return;
    // What is still to be found by running the command again is judged at the end.
    if (told.length === 0) return;
    this.#stranded += 1;
    this.#problem(`${unknown.length} live without an owner, ${named.length} of them told`);
  }

  #canRunAgain(told: readonly Operation[]): boolean {
    // A credential that lost its own secret in place cannot do anything any more: told, with exit code 12.
    return !(this.#scenario.self && told.length > 0);
  }

  /** The operation ended with nothing done: the same command again does it. */
  async #runAgain(): Promise<void> {
    const done = await this.#round.again();
    this.#outputs.push(done.output);
    const wanted = this.#scenario.graceMs === undefined ? 0 : 10;
    if (done.code !== wanted) this.#problem(`the command run again ended with ${done.code}: ${done.output}`);
    await this.#settle();
  }

  async #isReached(): Promise<boolean> {
    const secret = await this.#saved();
    if (secret === null) return false;
    if (this.#round.before.some(({ fingerprint }) => fingerprint === fingerprintOf(secret))) return false;
    if (!this.#scenario.isLogin) return true;
    return (await this.#round.run(['whoami'])).code === 0;
  }

  /** Exactly the live ones that there should be, each with its secret in the right hands. */
  async #checkEnd(told: readonly Operation[]): Promise<void> {
    const { change, destination } = this.#scenario;
    const secret = await this.#saved();
    if (secret === null || !this.#isLive(secret)) {
      this.#lost += 1;
      this.#problem('the store does not hold a secret that works');
      return;
    }
    if (this.#round.before.some(({ fingerprint }) => fingerprint === fingerprintOf(secret)))
      this.#problem('the store holds the old secret');
    const text = told.map((operation) => operation.text).join('\n');
    const unknown = this.#unknown(secret).filter(
      ({ id, name }) => !text.includes(id) && !text.includes(name || id),
    );
    if (unknown.length > 0) {
      this.#stranded += unknown.length;
      this.#problem(`live without an owner: ${unknown.map(({ id, name }) => `${id} ${name}`).join(', ')}`);
    }
    const gone = this.#round.before.filter((item) => item.live && !this.#isSame(item));
    const expected = change === 'create' ? 0 : 1;
    if (gone.length !== expected)
      this.#problem(
        `${gone.length} old ones ended instead of ${expected}: ${gone.map(({ id }) => id).join(', ')}`,
      );
    if (
      destination !== undefined &&
      this.#round.home.files().get(destination)?.toString('utf8') !== `${secret}\n`
    )
      this.#problem(`the destination "${destination}" does not hold the new secret`);
  }

  /** Another resume has nothing to do. */
  async #checkConverged(): Promise<void> {
    const before = this.#round.requests().length;
    const done = await this.#run(['rotations', 'resume', '--all', '--yes']);
    if (done.code !== 0) this.#problem(`a resume with nothing to do ended with ${done.code}`);
    if (this.#round.requests().length !== before) this.#problem('a resume with nothing to do sent requests');
  }

  /** Life goes on: the next rotation works, and clears away what the killed process left. */
  async #goOn(): Promise<void> {
    const { isKey, isLogin, self, saved } = this.#scenario;
    const secret = await this.#saved();
    const id =
      this.#round.items().find((item) => secret !== null && item.fingerprint === fingerprintOf(secret))?.id ??
      '';
    const args = isKey
      ? ['keys', 'rotate', `id:${id}`, '--project', 'web-app', '--yes']
      : ['tokens', 'rotate', `id:${id}`, '--yes', ...(isLogin || self ? ['--allow-self'] : [])];
    const done = await this.#run(args);
    const next = await this.#saved();
    if (done.code !== 0 || next === null || next === secret || !this.#isLive(next))
      this.#problem(`the next rotation of "${saved}" ended with ${done.code}: ${done.stderr}`);
  }

  #checkFiles(when: string): void {
    const { store = 'file', destination } = this.#scenario;
    const isChosen = (path: string): boolean =>
      (store === 'file' &&
        /^\.config\/keyturn\/(credentials\.yaml|\.credentials\.yaml\.[0-9a-f]{32}\.tmp)$/.test(path)) ||
      (destination !== undefined &&
        (path === destination ||
          path === '.env' ||
          (when !== 'at the end' && /^\.keyturn-[0-9a-f]{16}-[0-9a-f]{32}\/new$/.test(path))));
    const found = findInFiles(createCanary(this.#round.secrets()), this.#round.home, isChosen);
    if (found !== null) {
      this.#leaked += 1;
      this.#problem(`a secret ${when} in ${found}`);
    }
    for (const [path, mode] of this.#round.home.modes())
      if ((mode & 0o077) !== 0) this.#problem(`"${path}" has the mode ${mode.toString(8)}`);
  }

  /** Of an operation that has ended a tombstone stays, and nothing sealed. */
  #checkLeftovers(): void {
    const left = [...this.#round.home.files().keys()].filter((path) =>
      /\.(journal|spare|new|tmp)$|\/locks\/./.test(path),
    );
    if (left.length > 0) this.#problem(`left behind: ${left.join(', ')}`);
  }

  #checkOutputs(): void {
    const canary = createCanary(this.#round.secrets());
    for (const output of this.#outputs) {
      const found = canary.find(output);
      if (found === null) continue;
      this.#leaked += 1;
      this.#problem(`a secret in the output (${found})`);
    }
  }

  /** Live, not there before, and not what is in the store. */
  #unknown(saved?: string): readonly RemoteItem[] {
    const known = new Set(this.#round.before.map(({ fingerprint }) => fingerprint));
    if (saved !== undefined) known.add(fingerprintOf(saved));
    return this.#round.items().filter(({ live, fingerprint }) => live && !known.has(fingerprint));
  }

  #isSame(old: RemoteItem): boolean {
    return this.#round
      .items()
      .some((item) => item.live && item.id === old.id && item.fingerprint === old.fingerprint);
  }

  #isLive(secret: string): boolean {
    return this.#round.items().some(({ live, fingerprint }) => live && fingerprint === fingerprintOf(secret));
  }

  /** The secret that anybody gets who asks the store; null when there is none. */
  async #saved(): Promise<string | null> {
    const { code, stdout } = await this.#round.run([
      ...['credentials', 'get', this.#scenario.saved],
      ...['--print', '--allow-managing'],
    ]);
    return code === 0 ? stdout.trimEnd() : null;
  }

  async #operations(): Promise<readonly Operation[]> {
    const { stdout } = await this.#run(['rotations', 'list', '--json']);
    const list = dig(JSON.parse(stdout), 'rotations');
    if (!Array.isArray(list)) throw new Error('`rotations list` lists nothing');
    return list.map((one: unknown) => ({
      id: String(dig(one, 'id')),
      state: String(dig(one, 'state')),
      text: JSON.stringify(one),
    }));
  }

  async #run(args: readonly string[]): Promise<RunResult> {
    const done = await this.#round.run(args);
    this.#outputs.push(done.stdout, done.stderr);
    return done;
  }

  #problem(text: string): void {
    this.#problems.push(text);
  }
}
