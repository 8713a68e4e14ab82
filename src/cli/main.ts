import { AppError, type ErrorCode, EXIT, isAppError, usage } from '../domain/errors.ts';
import type { Report } from '../output/report.ts';
import { ClosedPipe, type Runtime } from './runtime.ts';
import type { App } from './services/app.ts';
import { keepCompiledCode } from './services/compiled-code.ts';
import { VERSION } from './version.ts';

/**
 * One run of the command: argv in, exit code out. The only place where an error becomes an exit code. `--version` is
 * answered before anything else is imported.
 */
export async function main(argv: readonly string[], given: Runtime): Promise<number> {
  let runtime = given;
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V'))
    return print(runtime, `${VERSION}\n`);
  let asJson = wantsJson(argv, runtime.env['KEYTURN_OUTPUT']);
  try {
    await keepCompiledCode(given);
    const { parse } = await import('./arguments/parse.ts');
    const parsed = await parse(argv, Math.min(runtime.stdout.columns, 100));
    if (parsed.kind === 'help') {
      if (argv.includes('--version') || argv.includes('-V')) return await print(runtime, `${VERSION}\n`);
      if (parsed.asked || argv.length === 0) return await print(runtime, parsed.text);
      if (asJson) throw usage('the command is not complete', 'see `keyturn --help`');
      await quietly(runtime.stderr.write(parsed.text));
      return EXIT.usage.code;
    }
    const [{ readGlobals }, { attended }] = await Promise.all([
      import('./arguments/globals.ts'),
      import('./terminal/attended.ts'),
    ]);
    runtime = attended(given, { noInput: parsed.input.flag('no-input') });
    const globals = readGlobals(parsed.input, {
      env: runtime.env,
      stdoutIsTerminal: runtime.stdout.isTerminal,
    });
    asJson = globals.format === 'json';
    if (!parsed.command.needsNoSecret) {
      const { refuseUnsafeSurroundings } = await import('../domain/surroundings.ts');
      refuseUnsafeSurroundings(runtime);
    }
    const { App } = await import('./services/app.ts');
    const app = new App(runtime, globals);
    let report: Report;
    let status: number;
    try {
      report = await parsed.command.run(app, parsed.input);
      status = await show(report, runtime, app.presentation(), globals.quiet);
    } catch (error) {
      throw withPlace(toAppError(error), app);
    } finally {
      await app.close();
    }
    if (report.shape === 'written' && report.signal) runtime.dieOf(report.signal);
    return status;
  } catch (error) {
    return fail(toAppError(error), runtime, asJson);
  }
}

/** With --json an error names its provider and profile, also when the network failed. */
function withPlace(error: AppError, { globals, place }: App): AppError {
  if (globals.format !== 'json' || place === null) return error;
  const { provider, profile } = error.facts;
  if (provider !== undefined && provider !== place.provider) return error;
  return error.with({ provider: place.provider, profile: profile ?? place.profile ?? undefined });
}

async function show(
  report: Report,
  runtime: Runtime,
  how: Parameters<typeof import('../output/present.ts').present>[1],
  quiet: boolean,
): Promise<number> {
  try {
    const { present } = await import('../output/present.ts');
    for await (const piece of present(report, how)) await runtime.stdout.write(piece);
  } catch (error) {
    // The reader has seen enough (`| head`): that is no failure.
    if (!(error instanceof ClosedPipe)) throw error;
  }
  // Off a terminal sentences go to stderr, so that a program can parse stdout.
  const words = how.format === 'tsv' ? wordsOf(report) : [];
  const notes = report.shape === 'list' ? (report.notes?.() ?? []) : (report.notes ?? []);
  const { noteLine } = await import('../output/note.ts');
  if (!quiet)
    for (const line of [...words, ...notes]) await quietly(runtime.stderr.write(noteLine(line, how.format)));
  if (report.shape === 'written' && report.status !== undefined) return report.status;
  const exit = report.shape === 'list' ? report.exit?.() : report.exit;
  return exit === undefined ? EXIT.ok.code : EXIT[exit].code;
}

function wordsOf(report: Report): readonly string[] {
  if (report.shape === 'one') return report.lines ?? [];
  return report.shape === 'list' ? (report.said ?? []) : [];
}

/** Whether a mistake on the command line, which is found before the options are read, is written as JSON. */
function wantsJson(argv: readonly string[], fromEnv: string | undefined): boolean {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const named = /(?:^| )(?:-o|--output)[ =]?([a-z]+)/.exec(own.join(' '))?.[1];
  return own.includes('--json') || (named ?? fromEnv) === 'json';
}

async function print(runtime: Runtime, text: string): Promise<number> {
  try {
    await runtime.stdout.write(text);
    return EXIT.ok.code;
  } catch (error) {
    return error instanceof ClosedPipe ? EXIT.ok.code : fail(toAppError(error), runtime, false);
  }
}

async function fail(error: AppError, runtime: Runtime, asJson: boolean): Promise<number> {
  const { errorJson, errorText } = await import('../output/errors.ts');
  await quietly(runtime.stderr.write(asJson ? errorJson(error) : errorText(error)));
  if (error.code === 'terminated') runtime.dieOf('SIGTERM');
  if (error.code === 'interrupted') runtime.dieOf('SIGINT');
  return EXIT[error.code].code;
}

/** Any other error is a bug: its message may hold a secret, so only its kind is shown. */
function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof ClosedPipe) return closed();
  const kind = error instanceof Error ? error.name.replace(/[^A-Za-z]/g, '').slice(0, 40) : typeof error;
  const code: ErrorCode = 'failure';
  return new AppError({
    code,
    message: `keyturn stopped on a fault of its own (${kind})`,
    hint: 'please report the command that you ran',
  });
}

function closed(): AppError {
  return new AppError({ code: 'failure', message: 'the output was closed before everything was written' });
}

/** stderr may be closed too, and then nobody can read the line. */
async function quietly(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch {
    // nothing to do
  }
}
