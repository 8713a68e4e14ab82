import { startGroupWitness, TO_THE_GROUP } from './group-witness.ts';
import type { HostProcess } from './host-process.ts';
import { locateCommand } from './locate.ts';

/** What reaches us alone, or twice does no harm. */
const TO_US: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGALRM',
  'SIGABRT',
  'SIGVTALRM',
  'SIGIO',
  'SIGPWR',
  'SIGURG',
  'SIGXCPU',
];

/** The signals that we get while a child runs in our place. */
export interface ChildSignals {
  /**
   * From now on each signal is given to `receiver`: those that came before, too. `onStop` is called when the child was asked to
   * stop, by us or by the terminal: we listen to that signal, so the system does not stop us.
   */
  handTo(receiver: (name: NodeJS.Signals) => void, onStop?: () => void): void;
  /** The signals have their own actions again. */
  release(): void;
}

/** Catches them before the child begins, so that none is lost in between. */
export async function listenForChild(
  host: HostProcess,
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): Promise<ChildSignals> {
  const early: NodeJS.Signals[] = [];
  let receive: (name: NodeJS.Signals) => void = (name) => early.push(name);
  let stopped: () => void = () => undefined;
  // A witness is made before we listen, so that it cannot miss a signal that we catch.
  const shell = host.terminal && platform !== 'win32' ? await locateCommand('sh', env, platform) : null;
  const witness = shell?.kind === 'found' ? await startGroupWitness(shell.path) : null;
  const hand = async (name: NodeJS.Signals) => {
    const childHasIt = witness ? await witness.sawToo(name) : host.terminal;
    if (!childHasIt) receive(name);
    if (name === 'SIGTSTP') stopped();
  };
  const stops = [
    ...TO_THE_GROUP.map((name) => host.onSignal(name, () => void hand(name))),
    ...TO_US.map((name) => host.onSignal(name, () => receive(name))),
  ];
  return {
    handTo(receiver, onStop = () => undefined) {
      receive = receiver;
      stopped = onStop;
      for (const name of early.splice(0)) receiver(name);
    },
    release() {
      for (const stop of stops) stop();
      witness?.stop();
    },
  };
}
