/** Shows that work goes on: a spinner on a terminal, one plain line for each phase elsewhere. */
export interface Progress {
  phase(text: string): void;
  stop(): void;
}

interface ProgressOptions {
  readonly stream: { readonly isTerminal: boolean; write(text: string): void };
  readonly raw: NodeJS.WritableStream;
  readonly ci: boolean;
  readonly quiet: boolean;
}

export async function createProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return { phase: () => undefined, stop: () => undefined };
  if (!options.stream.isTerminal || options.ci) {
    return { phase: (text) => options.stream.write(`${text}\n`), stop: () => undefined };
  }
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: options.raw, discardStdin: false });
  return {
    phase: (text) => {
      spinner.start(text);
    },
    stop: () => {
      spinner.stop();
    },
  };
}
