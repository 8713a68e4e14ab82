import { createKey } from '../../src/core/create/key.ts';
import { createToken } from '../../src/core/create/token.ts';
import type { OperationDeps } from '../../src/core/operation/deps.ts';
import { readPlanOrNull } from '../../src/core/operation/plan.ts';
import type { OperationResult } from '../../src/core/operation/result.ts';
import { resumeOperation } from '../../src/core/operation/resume.ts';
import { startOperation } from '../../src/core/operation/start.ts';
import { planRotation } from '../../src/core/rotation/plan.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { ProjectKey, Token } from '../../src/domain/token.ts';
import type { HttpRequest } from '../../src/ports/request.ts';
import type { Assumptions } from '../../src/sandbox/assumptions.ts';
import { Killed } from './memory-disk.ts';
import type { Base } from './sim-base.ts';
import { specOptions } from './sim-base.ts';
import type { SimPlace } from './sim-fakes.ts';
import { fingerprintOf, seededRandom } from './sim-fakes.ts';
import type { Placement, SeenEffect } from './sim-faults.ts';
import { Faults } from './sim-faults.ts';
import type { Mutation, Thing } from './sim-machine.ts';
import { SimMachine } from './sim-machine.ts';
import { isInPlace } from './sim-scenarios.ts';

export interface CaseReport {
  /** How the operation ended; `nothing` when it never began. */
  readonly end: 'done' | 'aborted' | 'attention' | 'nothing' | 'unsettled';
  readonly violations: readonly string[];
  readonly effects: readonly SeenEffect[];
  readonly processes: number;
  readonly exit: string | null;
}

export interface CaseOptions {
  /** What the vendor is assumed to do where its documentation does not say. */
  readonly assumptions?: Partial<Assumptions>;
  /** Rotates once more after a case that is done; after any other it is always tried. */
  readonly thorough?: boolean;
  readonly mutation?: Mutation;
  readonly seed?: number;
}

const DESTINATION = 'file:/elsewhere/token';
const MOST_PROCESSES = 12;
const DAY = 86_400_000;
/** Faults after which an in-place rotation may ask once more. */
const LOSSES: readonly string[] = [
  'kill',
  'kill-after',
  'power',
  'torn',
  'reset',
  'reset-after',
  '503',
  '503-after',
  'truncate',
  'fail',
  'short',
];

/**
 * Runs the shipped code, journal and store against the sandbox on a disk in memory, strikes where the placements say,
 * starts it again until it is settled, and looks at the world after every process whether the promises held.
 */
export async function runCase(
  base: Base,
  placements: readonly Placement[],
  options: CaseOptions = {},
): Promise<CaseReport> {
  return new Case(base, placements, options).run();
}

class Case {
  readonly #base: Base;
  readonly #machine: SimMachine;
  readonly #faults: Faults;
  readonly #mutation: Mutation | undefined;
  readonly #isThorough: boolean;
  readonly #violations: string[] = [];
  /** Ids that the operation's own requests made, and every id that was there before or belongs to somebody else. */
  readonly #born = new Set<string>();
  readonly #known: Set<string>;
  #strangerCame = false;
  #isCaptured = false;
  #last: OperationResult | null = null;
  /** What the process that settled the operation told. */
  #outcome: OperationResult | null = null;

  constructor(base: Base, placements: readonly Placement[], options: CaseOptions) {
    this.#base = base;
    this.#machine = new SimMachine(base, options.seed, options.assumptions);
    this.#faults = new Faults(placements);
    this.#mutation = options.mutation;
    this.#isThorough = options.thorough ?? false;
    this.#known = new Set(this.#machine.things().map(({ id }) => id));
  }

  async run(): Promise<CaseReport> {
    await this.#machine.saveProfile();
    let end: CaseReport['end'] = 'unsettled';
    let processes = 0;
    let isStruck = false;
    // Where nothing had begun, the command is run again.
    while (end === 'unsettled' || (end === 'nothing' && isStruck)) {
      if (processes === MOST_PROCESSES) break;
      const before = this.#faults.struck.length;
      await this.#process(processes === 0 || end === 'nothing');
      isStruck = this.#faults.struck.length > before;
      processes += 1;
      await this.#checkInstant();
      end = await this.#settled();
    }
    this.#faults.stop();
    this.#outcome = this.#last;
    await this.#checkEnd(end);
    return {
      end,
      processes,
      violations: this.#violations,
      effects: this.#faults.seen,
      exit: this.#outcome?.exit ?? null,
    };
  }

  /** One process from its start to its end, whatever end that is. */
  async #process(isFirst: boolean): Promise<void> {
    this.#faults.reboot();
    try {
      this.#last = isFirst ? await this.#start() : await this.#resume();
    } catch (error) {
      if (!(error instanceof Killed) && !(error instanceof AppError)) throw error;
      if (error instanceof Killed) this.#cutPower(this.#faults.struck.at(-1));
      this.#last = null;
    }
  }

  #cutPower(fault: Placement | undefined): void {
    if (fault?.kind === 'power') this.#machine.disk.crash('power');
    if (fault?.kind !== 'torn') return;
    const random = seededRandom(fault.at);
    this.#machine.disk.crash('torn', (count) => Math.floor(random.number() * count));
  }

  async #start(): Promise<OperationResult> {
    const { scenario, target, project, entry } = this.#base;
    const deps = await this.#connect({ session: true });
    const destination = this.#machine.place.open(DESTINATION, this.#faults);
    if (scenario.action === 'create') {
      const delivery = { saveAs: entry, destinations: [destination], print: null };
      if (scenario.thing === 'key') {
        return createKey(deps, { project: project ?? '', name: 'new', type: 'server_signed', delivery });
      }
      const name = this.#base.provider.facts.names === 'none' ? null : 'new';
      const scopes = scenario.provider === 'devo' ? ['table://my.app.**'] : [];
      const spec = { name, scopes, expiresAt: null, options: specOptions(scenario), idempotencyKey: null };
      return createToken(deps, { spec, delivery });
    }
    if (!target) throw new Error('nothing to rotate');
    return this.#rotate(deps, target, { destinations: [destination], graceMs: scenario.graceMs ?? null });
  }

  async #rotate(
    deps: OperationDeps,
    target: Token | ProjectKey,
    {
      destinations,
      graceMs = null,
    }: { destinations: readonly ReturnType<SimPlace['open']>[]; graceMs?: number | null },
  ): Promise<OperationResult> {
    const { scenario, project } = this.#base;
    const plan = await planRotation(deps, {
      target:
        'scopes' in target
          ? { kind: 'token', token: target }
          : { kind: 'key', project: project ?? '', key: target },
      delivery: { saveAs: null, destinations, print: null },
      options: { allowSelf: scenario.self, graceMs, session: scenario.session ?? false },
    });
    return startOperation(deps, plan);
  }

  async #resume(): Promise<OperationResult | null> {
    const deps = await this.#connect();
    const { operations } = await deps.host.list();
    const open = operations.find(({ state }) => state === 'open');
    if (!open) return null;
    const now = open.dueAt !== null;
    return resumeOperation({ host: deps.host, makeDeps: async () => deps }, open.header.id, { now });
  }

  #connect({ isWatched = true, session = false } = {}): Promise<OperationDeps> {
    return this.#machine.connect({
      session,
      ...(isWatched && { faults: this.#faults }),
      mutation: this.#mutation,
      hooks: {
        beforeWrite: (request) => this.#checkWrite(request),
        afterIssue: () => this.#noteBirths(),
        onCaptured: () => {
          this.#isCaptured = true;
        },
      },
    });
  }

  async #settled(): Promise<CaseReport['end']> {
    const { operations, broken } = await (await this.#connect({ isWatched: false })).host.list();
    for (const one of broken) this.#violate(`the journal is broken: ${one.reason}`);
    const mine = operations.filter(({ header }) => header.kind !== 'login');
    if (mine.some(({ state }) => state === 'open')) return 'unsettled';
    if (mine.some(({ state }) => state === 'attention')) return 'attention';
    if (mine.some(({ state }) => state === 'done')) return 'done';
    return mine.length > 0 ? 'aborted' : 'nothing';
  }

  // --- the promises -------------------------------------------------------------------------------------------------

  /** P1, P2 and P6 hold at every instant; the instants that can be told apart are the ends of processes. */
  async #checkInstant(): Promise<void> {
    this.#checkCanaries();
    const stored = await this.#machine.storedFingerprints();
    const things = this.#machine.things();
    const { scenario } = this.#base;
    if (scenario.action === 'rotate' && !isInPlace(scenario)) {
      const isSafe = things.some(({ live, fingerprint }) => live && stored.has(fingerprint));
      if (!isSafe) this.#violate('P1: no live credential has its secret in the store');
    }
    const strays = this.#strays(things, stored);
    if (strays.length > this.#allowedStrays())
      this.#violate(`P2: ${strays.length} live tokens without a durable secret`);
  }

  /** A repeating gateway makes two at once. */
  #allowedStrays(): number {
    return this.#faults.has('twice') ? 2 : 1;
  }

  #strays(things: readonly Thing[], stored: ReadonlySet<string>): readonly Thing[] {
    return things.filter(
      ({ id, live, fingerprint }) => live && this.#born.has(id) && !stored.has(fingerprint),
    );
  }

  /** P3 and P4, at the moment when the old one, or anything else, is about to end. */
  async #checkWrite(request: HttpRequest): Promise<void> {
    const things = this.#machine.things();
    const ended = things.find((thing) => this.#ends(request, thing));
    if (!ended) return;
    if (ended.id !== this.#base.target?.id) {
      if (!this.#born.has(ended.id)) this.#violate(`P4: "${ended.name || ended.id}" is somebody else's`);
      return;
    }
    const { store } = await this.#connect({ isWatched: false });
    const current = fingerprintOf((await store.open(this.#base.entry)).reveal());
    const successor = things.find(({ fingerprint, live }) => live && fingerprint === current);
    if (!successor || successor.id === ended.id)
      this.#violate('P3: the old one ends before the new one is current');
    if (this.#machine.place.holds !== current)
      this.#violate('P3: the old one ends before the new one is delivered');
    if (!this.#isProven(current, successor?.id))
      this.#violate('P3: the old one ends before the new one was tried');
  }

  #isProven(fingerprint: string, id: string | undefined): boolean {
    return this.#machine.requests.some(
      ({ caller, method, path, status }) =>
        status < 300 && (caller === fingerprint || (method === 'GET' && path.endsWith(`/${id}`))),
    );
  }

  #ends({ method, path, body }: HttpRequest, { id, name }: Thing): boolean {
    if (path.endsWith('/auth/key/deactivate')) return body?.['name'] === name;
    const isEnd = method === 'DELETE' || /\/(disable|suspend|revoke)$/.test(path);
    return isEnd && path.split('/').includes(id);
  }

  #noteBirths(): void {
    for (const { id } of this.#machine.things()) {
      if (!this.#known.has(id)) this.#born.add(id);
      this.#known.add(id);
    }
    if (this.#strangerCame || this.#base.scenario.thing === 'key') return;
    this.#strangerCame = true;
    this.#machine.sandbox.seedTokens(this.#base.scenario.provider, 1);
    for (const { id } of this.#machine.things()) this.#known.add(id);
  }

  async #checkEnd(end: CaseReport['end']): Promise<void> {
    const { scenario } = this.#base;
    this.#checkSends();
    if (end === 'unsettled') return this.#violate(`P7: not settled: ${this.#last?.error?.message ?? ''}`);
    if (this.#isCaptured && end !== 'done')
      this.#violate(`the answer was captured and yet the operation is ${end}`);
    await this.#checkQuiet();
    await this.#checkUnread(end);
    if (end === 'attention') {
      this.#outcome ??= await this.#ask();
      return await this.#checkAttention();
    }
    await this.#checkSettled(end);
    const isNextDue = this.#isThorough || end !== 'done';
    if (scenario.action === 'rotate' && isNextDue) await this.#checkNext(end);
  }

  /** P5: what carries the same mark was sent once, unless a repeat is known to be harmless. */
  #checkSends(): void {
    const { scenario } = this.#base;
    if (scenario.provider === 'prefactor' || this.#faults.has('twice')) return;
    const issuing = this.#machine.requests.filter(({ isIssuing }) => isIssuing);
    if (scenario.action === 'rotate' && (this.#faults.has('renamed') || this.#faults.has('unread')))
      this.#checkRepeats(issuing.length);
    const names = issuing.map(({ body }) => JSON.stringify(body['name'] ?? body['label'] ?? null));
    if (isInPlace(scenario) && scenario.action === 'rotate') return;
    if (new Set(names).size !== names.length) this.#violate('P5: an issuing request was sent twice');
  }

  /** In place, a whole answer that cannot be read destroyed the old secret; a repeat would destroy the new one too. */
  #checkRepeats(sends: number): void {
    const lost = this.#faults.struck.filter(({ kind }) => LOSSES.includes(kind)).length;
    if (this.#base.scenario.provider === 'errova' && sends > 1 + lost)
      this.#violate(`P5: an issuing request was sent ${sends} times, also after a whole answer`);
  }

  /** P7: nothing is left to resume, and resuming changes nothing. */
  async #checkQuiet(): Promise<void> {
    const before = this.#machine.requests.length;
    this.#faults.reboot();
    await this.#process(false);
    if (this.#machine.requests.length !== before) this.#violate('P7: a settled operation sends requests');
  }

  /** An answer that cannot be read may be the only copy of its secret: the token lives, and a person can read the answer. */
  async #checkUnread(end: CaseReport['end']): Promise<void> {
    const { struck } = this.#faults;
    const isUnread = struck.length > 0 && struck.every(({ kind }) => kind === 'unread' || kind === 'renamed');
    if (!isUnread || end === 'done') return;
    const { host } = await this.#connect({ isWatched: false });
    const needy = (await host.list()).operations.find(({ state }) => state === 'attention');
    const answers = (needy && (await (await host.read(needy.header.id))?.answers())) ?? [];
    const isKept = answers.some(({ captured }) => new TextDecoder().decode(captured.bytes).includes('"zz'));
    const { action, thing } = this.#base.scenario;
    const isAlive =
      (action === 'rotate' && isInPlace(this.#base.scenario)) ||
      this.#machine.things().some(({ id, live }) => live && this.#born.has(id));
    if (!isKept || !isAlive) this.#violate(`P2: the ${thing} of an unread answer was thrown away`);
  }

  /** A process that was killed told nobody: what a person is told who asks for the operation by its id. */
  async #ask(): Promise<OperationResult | null> {
    const deps = await this.#connect({ isWatched: false });
    const { operations } = await deps.host.list();
    const needy = operations.find(({ state }) => state === 'attention');
    return needy
      ? resumeOperation({ host: deps.host, makeDeps: async () => deps }, needy.header.id, { now: false })
      : null;
  }

  async #checkAttention(): Promise<void> {
    const { host } = await this.#connect({ isWatched: false });
    const needy = (await host.list()).operations.find(({ state }) => state === 'attention');
    const plan = needy ? readPlanOrNull(needy.header.plan) : null;
    // As it was asked for: the request itself may never have arrived.
    const name = plan?.spec?.name ?? plan?.key?.name ?? null;
    const { error = null, exit = null, orphanId = null } = this.#outcome ?? {};
    if (exit !== 'orphan' && exit !== 'lost' && exit !== 'conflict')
      this.#violate(`attention exits with "${exit}"`);
    const isNamed = name !== null && (error?.message.includes(`"${name}"`) ?? false);
    if (exit === 'orphan' && orphanId === null && !isNamed) this.#violate('an orphan is not named');
  }

  async #checkSettled(end: CaseReport['end']): Promise<void> {
    const { scenario, entry, target } = this.#base;
    const { store } = await this.#connect({ isWatched: false });
    const things = this.#machine.things();
    const stored = await this.#machine.storedFingerprints();
    const strays = this.#strays(things, stored);
    // Two lists in a row that lag are believed; the watch list remembers.
    const hasLagged = this.#faults.struck.filter(({ kind }) => kind === 'stale').length > 1;
    // A list that was cut before the request cannot tell a second effect of it from what was there; the person is told so.
    const isTold =
      this.#faults.struck.some(({ kind }) => kind === 'twice') &&
      this.#machine.notes.some((note) => note.includes('cannot tell it from those that were there before'));
    const isExcused = hasLagged || isTold;
    if (strays.length > 0 && !isExcused) this.#violate(`P2: ${strays.length} orphans after ${end}`);
    const kept = await store.find(entry);
    if (scenario.action === 'create' && end !== 'done') {
      if (kept) this.#violate(`a create that is ${end} left an entry behind`);
      return;
    }
    const current = fingerprintOf((await store.open(entry)).reveal());
    const live = things.find(({ fingerprint, live: isLive }) => isLive && fingerprint === current);
    if (!live) return this.#violate(`P1: after ${end} the store's current secret does not work`);
    if (kept && kept.versions.length !== 1)
      this.#violate(`${end} left ${kept.versions.length} versions behind`);
    if (end !== 'done') return;
    if (this.#machine.place.holds !== current)
      this.#violate('done, and the destination does not have the current secret');
    if (kept?.current.id !== live.id) this.#violate('the store names another id than the current one');
    const old = things.find(({ id }) => id === target?.id);
    if (!isInPlace(scenario) && old?.live) this.#violate('done, and the old one still works');
  }

  /** Nothing stands in the way of the next rotation, and it finds what two stale lists hid. */
  async #checkNext(end: CaseReport['end']): Promise<void> {
    try {
      await this.#rotateAgain(end);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#violate(`after ${end} the next rotation fails: ${error.message}`);
    }
  }

  async #rotateAgain(end: CaseReport['end']): Promise<void> {
    this.#machine.clock.sleep(DAY / 2);
    this.#faults.reboot();
    const deps = await this.#connect({ session: true });
    const { scenario, entry, project } = this.#base;
    const id = (await deps.store.find(entry))?.current.id;
    const { tokens, keys } = this.#base.provider;
    const items: readonly (Token | ProjectKey)[] =
      scenario.thing === 'key' && keys
        ? (await deps.client.all(keys.list, { project: project ?? '' })).items
        : tokens.list
          ? (await deps.client.all(tokens.list, undefined)).items
          : [];
    const item = items.find((one) => one.id === id);
    if (!item) return this.#violate(`after ${end} the current one is not listed`);
    const next = await this.#rotate(deps, item, {
      destinations: [this.#machine.place.open(DESTINATION, this.#faults)],
    });
    if (next.kind !== 'done')
      this.#violate(`after ${end} the next rotation is ${next.kind}: ${next.error?.message}`);
    const strays = this.#strays(this.#machine.things(), await this.#machine.storedFingerprints());
    // A list of mere look-alikes is never acted upon, so a provider without marks keeps what two stale lists hid.
    const isMarked = scenario.provider !== 'prefactor' && !scenario.session;
    if (strays.length > 0 && isMarked) this.#violate(`P2: ${strays.length} orphans after the next rotation`);
  }

  /** P6: no secret that the vendor ever issued is on the disk in clear. */
  #checkCanaries(): void {
    const haystack = [...this.#machine.disk.files().values()]
      .map((bytes) => Buffer.from(bytes).toString('latin1'))
      .join('\n');
    for (const secret of this.#machine.secrets) {
      const forms = [
        secret,
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(secret).toString('hex'),
      ];
      if (forms.some((form) => haystack.includes(form)))
        this.#violate('P6: a secret is on the disk in clear');
    }
  }

  #violate(what: string): void {
    this.#violations.push(what);
  }
}
