import type { Prompter } from '../../ports/prompter.ts';
import type { TerminalStreams } from './prompter.ts';

export interface LazyPrompterOptions {
  readonly streams: TerminalStreams | null;
  /** Whether a person may be asked on the terminal that controls the process while `streams` is null. */
  readonly mayAskBeside: boolean;
  /** The variable TERM; undefined where it is not set. */
  readonly term: string | undefined;
  readonly stop: AbortSignal;
}

/** Most commands ask nothing, so the prompter is loaded by the first question. */
export function createLazyPrompter({ streams, mayAskBeside, term, stop }: LazyPrompterOptions): Prompter {
  const load = async (): Promise<Prompter> => {
    const [{ createTerminalPrompter }, { openControllingTerminal }] = await Promise.all([
      import('./prompter.ts'),
      import('../../adapters/child/controlling-terminal.ts'),
    ]);
    return createTerminalPrompter({
      streams,
      openOther: () => (mayAskBeside ? openControllingTerminal() : null),
      marksPastes: !['', 'dumb'].includes(term ?? ''),
      stop,
    });
  };
  return {
    interactive: streams !== null,
    ask: async (question, instead) => (await load()).ask(question, instead),
    askSecret: async (question, instead, how) => (await load()).askSecret(question, instead, how),
    confirm: async (question, instead) => (await load()).confirm(question, instead),
  };
}
