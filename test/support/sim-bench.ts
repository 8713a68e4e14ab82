import type { Delivery } from '../../src/core/delivery.ts';
import type { AbortResult } from '../../src/core/operation/abort.ts';
import { abortOperation } from '../../src/core/operation/abort.ts';
import type { OperationDeps } from '../../src/core/operation/deps.ts';
import type { OperationResult } from '../../src/core/operation/result.ts';
import { type ResumeOptions, resumeOperation } from '../../src/core/operation/resume.ts';
import { startOperation } from '../../src/core/operation/start.ts';
import type { RotationOptions, RotationPlan } from '../../src/core/rotation/plan.ts';
import { planRotation } from '../../src/core/rotation/plan.ts';
import type { Assumptions } from '../../src/sandbox/assumptions.ts';
import type { Base } from './sim-base.ts';
import { makeBase } from './sim-base.ts';
import { fingerprintOf } from './sim-fakes.ts';
import { Faults } from './sim-faults.ts';
import type { ProcessOptions } from './sim-machine.ts';
import { SimMachine } from './sim-machine.ts';
import type { Scenario } from './sim-scenarios.ts';

export const DESTINATION = 'file:/elsewhere/token';

/** One machine for one test, and the commands that a person would give on it. */
export class SimBench {
  readonly machine: SimMachine;
  readonly #base: Base;

  private constructor(base: Base, assumptions: Partial<Assumptions>) {
    this.#base = base;
    this.machine = new SimMachine(base, 1, assumptions);
  }

  static async of(scenario: Scenario, assumptions: Partial<Assumptions> = {}): Promise<SimBench> {
    const bench = new SimBench(await makeBase(scenario), assumptions);
    await bench.machine.saveProfile();
    return bench;
  }

  get entry(): string {
    return this.#base.entry;
  }

  get oldId(): string {
    return this.#base.target?.id ?? '';
  }

  toDestination(): Delivery {
    return {
      saveAs: null,
      destinations: [this.machine.place.open(DESTINATION, new Faults([]))],
      print: null,
    };
  }

  async plan(
    options: RotationOptions = {},
    more: ProcessOptions & { delivery?: Delivery } = {},
  ): Promise<RotationPlan> {
    return this.#plan(await this.machine.connect(more), options, more.delivery ?? this.toDestination());
  }

  async rotate(
    options: RotationOptions = {},
    more: ProcessOptions & { delivery?: Delivery } = {},
  ): Promise<OperationResult> {
    const deps = await this.machine.connect({ session: true, ...more });
    return startOperation(deps, await this.#plan(deps, options, more.delivery ?? this.toDestination()));
  }

  async resume(more: ProcessOptions & ResumeOptions = {}): Promise<OperationResult> {
    const deps = await this.machine.connect(more);
    return resumeOperation({ host: deps.host, makeDeps: async () => deps }, await this.openId(), more);
  }

  async abort({
    keepNew = false,
    ...more
  }: ProcessOptions & { readonly keepNew?: boolean } = {}): Promise<AbortResult> {
    const deps = await this.machine.connect(more);
    const resumeDeps = { host: deps.host, makeDeps: async () => deps };
    return abortOperation(resumeDeps, await this.openId(), { keepNew });
  }

  /** The operation that is open or needs a person. */
  async openId(): Promise<string> {
    const { host } = await this.machine.connect();
    const { operations } = await host.list();
    return operations.find(({ state }) => state === 'open' || state === 'attention')?.header.id ?? '';
  }

  async state(): Promise<string | undefined> {
    const { host } = await this.machine.connect();
    return (await host.list()).operations.at(-1)?.state;
  }

  /** The id of the live thing whose secret the store hands out; null when that does not work. */
  async currentId(): Promise<string | null> {
    const { store } = await this.machine.connect();
    const print = fingerprintOf((await store.open(this.entry)).reveal());
    return this.machine.things().find((thing) => thing.live && thing.fingerprint === print)?.id ?? null;
  }

  isLive(id: string): boolean {
    return this.machine.things().some((thing) => thing.id === id && thing.live);
  }

  async #plan(deps: OperationDeps, options: RotationOptions, delivery: Delivery): Promise<RotationPlan> {
    const { scenario, target, project } = this.#base;
    if (!target) throw new Error('nothing to rotate');
    const wanted =
      'scopes' in target
        ? ({ kind: 'token', token: target } as const)
        : ({ kind: 'key', project: project ?? '', key: target } as const);
    return planRotation(deps, {
      target: wanted,
      delivery,
      options: { allowSelf: scenario.self, session: scenario.session ?? false, ...options },
    });
  }
}
