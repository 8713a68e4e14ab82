import { AppError, usage } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { eachLineSafe } from '../../domain/text.ts';
import type { Prompter } from '../../ports/prompter.ts';
import { createLineEditor } from './line-editor.ts';

/** Where a question is shown and answered; `close` lets the process end. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  close(): void;
}

interface TerminalOptions {
  /** Standard input and standard error, where both are terminals; null: nothing is asked. */
  readonly streams: TerminalStreams | null;
  /** The terminal that controls the process, for a passphrase or a confirmation while `streams` is null. */
  openOther(): TerminalStreams | null;
  /** Whether the terminal knows escape sequences at all (`TERM` is not `dumb`). */
  readonly marksPastes: boolean;
  /** When it is aborted, the question is removed and the reason is thrown. */
  readonly stop: AbortSignal;
}

const LONGEST_ANSWER = 64 * 1024;
/** Input that follows Enter so fast was pasted, not typed. In milliseconds. */
const SETTLE_MS = 40;
const MARK_PASTES = '\u001b[?2004h';
const LEAVE_PASTES = '\u001b[?2004l';

/** Questions on the terminal. The terminal's mode is restored after an answer, Ctrl-C, a signal or closed input. */
export function createTerminalPrompter(options: TerminalOptions): Prompter {
  const read = async (question: string, instead: string, how: { echo: boolean; besideInput: boolean }) => {
    const streams = options.streams ?? (how.besideInput ? options.openOther() : null);
    if (!streams) throw usage('there is no terminal to ask on', instead);
    try {
      return await readLine({ ...options, ...streams }, question, how.echo);
    } finally {
      streams.close();
    }
  };
  return {
    interactive: options.streams !== null,
    ask: async (question, instead) =>
      (await read(question, instead, { echo: true, besideInput: false })).trim(),
    askSecret: async (question, instead, { besideInput = false } = {}) => {
      const answer = await read(question, instead, { echo: false, besideInput });
      if (answer === '') throw usage('nothing was entered', instead);
      return Secret.of(answer);
    },
    confirm: async (question, instead) => {
      const answer = await read(`${question} [y/N] `, instead, { echo: true, besideInput: true });
      if (!/^(y|yes)$/i.test(answer.trim()))
        throw new AppError({ code: 'cancelled', message: 'cancelled, nothing was changed' });
    },
  };
}

type LineOptions = Pick<TerminalOptions, 'marksPastes' | 'stop'> & Omit<TerminalStreams, 'close'>;

/**
 * One line, read character by character in raw mode so that nothing is echoed that should not be. Several lines at once
 * are a paste of the wrong thing: refused, and taken in so that they do not end up at the shell's prompt.
 */
function readLine(options: LineOptions, question: string, echo: boolean): Promise<string> {
  const { input, output, marksPastes, stop } = options;
  return new Promise((resolve, reject) => {
    if (stop.aborted) return reject(stop.reason);
    const editor = createLineEditor();
    let answer: string | null = null;
    let several = false;
    let length = 0;
    let settling: NodeJS.Timeout | undefined;
    // Raw mode comes first: what is typed ahead must not be echoed either.
    input.setRawMode(true);
    input.setEncoding('utf8');
    output.write(`${marksPastes ? MARK_PASTES : ''}${eachLineSafe(question, Number.POSITIVE_INFINITY)}`);

    const finish = (end: () => void) => {
      clearTimeout(settling);
      input.off('data', onData).off('end', onEnd).off('error', onEnd);
      stop.removeEventListener('abort', onStop);
      input.setRawMode(false);
      input.pause();
      output.write(`${marksPastes ? LEAVE_PASTES : ''}\n`);
      end();
    };
    const onEnd = () =>
      finish(() => reject(new AppError({ code: 'cancelled', message: 'the terminal was closed' })));
    const onStop = () => finish(() => reject(stop.reason));
    const settle = () => {
      clearTimeout(settling);
      settling = setTimeout(
        () => finish(() => (several ? reject(severalLines()) : resolve(answer ?? ''))),
        SETTLE_MS,
      );
    };
    const onData = (text: string) => {
      length += text.length;
      if (answer !== null) {
        several ||= /[^\r\n]/.test(text);
        return settle();
      }
      const typed = editor.type(text);
      if (typed.kind === 'end') return onEnd();
      if (typed.kind === 'interrupt')
        return finish(() => reject(new AppError({ code: 'interrupted', message: 'interrupted' })));
      if (length > LONGEST_ANSWER) return finish(() => reject(usage('the answer is too long')));
      if (typed.kind === 'more') {
        if (echo) output.write(typed.echo);
        return;
      }
      answer = typed.line;
      several = typed.rest;
      settle();
    };
    input.on('data', onData).on('end', onEnd).on('error', onEnd);
    stop.addEventListener('abort', onStop, { once: true });
    input.resume();
  });
}

function severalLines(): AppError {
  return usage('the answer has several lines', 'give one line and nothing else; nothing was changed');
}
