import { AppError, usage } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { Prompter } from '../ports/prompter.ts';

interface TerminalOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly enabled: boolean;
}

const LONGEST_ANSWER = 64 * 1024;

/** Questions on the terminal. The terminal is put back as it was on every way out: answer, Ctrl-C, closed input. */
export function createTerminalPrompter(options: TerminalOptions): Prompter {
  const refuse = (instead: string) => {
    if (!options.enabled) throw usage('there is no terminal to ask on', instead);
  };
  return {
    interactive: options.enabled,
    ask: async (question, instead) => {
      refuse(instead);
      return (await readLine(options, question, true)).trim();
    },
    askSecret: async (question, instead) => {
      refuse(instead);
      const answer = await readLine(options, question, false);
      if (answer === '') throw usage('nothing was entered', instead);
      return Secret.of(answer);
    },
    confirm: async (question, instead) => {
      refuse(instead);
      const answer = await readLine(options, `${question} [y/N] `, true);
      if (!/^(y|yes)$/i.test(answer.trim()))
        throw new AppError({ code: 'cancelled', message: 'cancelled, nothing was changed' });
    },
  };
}

/** One line, read character by character in raw mode so that nothing is echoed that should not be. */
function readLine(options: TerminalOptions, question: string, echo: boolean): Promise<string> {
  const { input, output } = options;
  return new Promise((resolve, reject) => {
    let line = '';
    output.write(question);
    input.setRawMode(true);
    input.setEncoding('utf8');
    input.resume();
    const finish = (end: () => void) => {
      input.removeListener('data', onData);
      input.removeListener('end', onEnd);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      end();
    };
    const onEnd = () =>
      finish(() => reject(new AppError({ code: 'cancelled', message: 'the terminal was closed' })));
    const onData = (chunk: string) => {
      // A paste is wrapped by terminals in markers; they are not part of it.
      const text = chunk.replaceAll('\u001b[200~', '').replaceAll('\u001b[201~', '');
      for (const character of text.replace(/\u001b\[[0-9;]*[A-Za-z~]/g, '')) {
        if (character === '\r' || character === '\n') return finish(() => resolve(line));
        if (character === '\u0003') {
          return finish(() => reject(new AppError({ code: 'interrupted', message: 'interrupted' })));
        }
        if (character === '\u0004' && line === '') return onEnd();
        if (character === '\u007f' || character === '\b') {
          if (line !== '' && echo) output.write('\b \b');
          line = [...line].slice(0, -1).join('');
        } else if (character === '\u0015') {
          if (echo) output.write('\b \b'.repeat([...line].length));
          line = '';
        } else if (character >= ' ') {
          line += character;
          if (echo) output.write(character);
        }
        if (line.length > LONGEST_ANSWER) return finish(() => reject(usage('the answer is too long')));
      }
    };
    input.on('data', onData);
    input.on('end', onEnd);
  });
}
