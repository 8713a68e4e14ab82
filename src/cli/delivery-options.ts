import type { SinkDeps } from '../adapters/sinks/sink-deps.ts';
import type { DeliveredItem, Delivery } from '../core/delivery.ts';
import { nameTaken } from '../core/operation/conflicts.ts';
import { AppError, usage } from '../domain/errors.ts';
import { checkLocalName, toLocalName } from '../domain/name.ts';
import type { Secret } from '../domain/secret.ts';
import { isStructured } from '../output/report.ts';
import type { Sink } from '../ports/sink.ts';
import { absolutePath } from './absolute-path.ts';
import type { App } from './app.ts';
import { maskInCi } from './ci-masks.ts';
import type { OptionSpec } from './command.ts';
import type { OneDocument } from './documents/document.ts';
import type { Input } from './input.ts';
import { findOwnFolders } from './own-folders.ts';
import { titleOf } from './place-words.ts';
import { ClosedPipe } from './runtime.ts';
import { ONCE_WARNING } from './secret-report.ts';

export const DELIVERY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--save [name]', about: 'keep the new secret in the store, under this name' },
  {
    flags: '--to <sink...>',
    about: 'file:PATH, env:PATH#NAME, github-output:NAME, github-env:NAME, exec:COMMAND',
  },
  { flags: '--print', about: 'write the new secret to stdout' },
  {
    flags: '--force',
    about: 'let file: replace a file, and the env: of a new secret a variable that is set',
  },
];

export interface DeliveryContext {
  /** What `--save` without a name takes. */
  readonly defaultName: string | null;
  /** An entry that already holds this token, and is kept up to date without being asked for. */
  readonly keptAs?: string | null;
  /** Whether the secret is new and replaces none: then `env:` leaves a variable that is set. */
  readonly isNew?: boolean;
  /** The document that a structured format writes, with the secret in it. */
  document(item: DeliveredItem, secret: Secret): OneDocument;
}

/** Something to remember after the command: whether the product has been written by the delivery itself. */
export interface ParsedDelivery extends Delivery {
  readonly wasPrinted: () => boolean;
}

/**
 * Where the new secret goes, decided before the request. On a terminal with nothing chosen it is printed once under a
 * warning; elsewhere nothing chosen stops the command (exit 2) before the provider hears of it.
 */
export async function parseDelivery(
  app: App,
  input: Input,
  context: DeliveryContext,
): Promise<ParsedDelivery> {
  const save = input.textOrFlag('save');
  const labels = input.list('to');
  const force = input.flag('force');
  const keepVariables = context.isNew ?? false;
  const sinks = await Promise.all(labels.map((label) => openSink(app, label, { force, keepVariables })));
  const asked = input.flag('print');
  const kept = context.keptAs ?? null;
  const saveAs =
    save === undefined
      ? kept
      : save === true
        ? (kept ?? toLocalName(context.defaultName ?? 'token'))
        : checkLocalName(save, 'credential');
  const nothing = saveAs === null && sinks.length === 0 && !asked;
  if (nothing && !app.runtime.stdout.isTerminal) {
    throw usage(
      'nothing says where the new secret shall go',
      'add `--print`, `--save`, or `--to file:PATH`; nothing was sent',
    );
  }
  if (saveAs !== null && saveAs !== kept) {
    const taken = await (await app.store()).find(saveAs);
    if (taken) {
      const title = taken.provider === null ? null : await titleOf(app, taken.provider);
      throw nameTaken(taken, app.place?.provider ?? 'new', title);
    }
  }
  if (saveAs !== null) await app.store({ forWriting: true });
  let printed = false;
  const print = async (secret: Secret, item: DeliveredItem) => {
    await printSecret(app, secret, context.document(item, secret));
    printed = true;
  };
  return { saveAs, sinks, print: asked || nothing ? print : null, wasPrinted: () => printed };
}

/** A sink from what the person wrote, or from what an unfinished operation remembers. Paths are made absolute. */
export async function openSink(
  app: App,
  label: string,
  may: Pick<SinkDeps, 'force' | 'keepVariables'>,
): Promise<Sink> {
  const [{ parseSink }, { createProcesses }] = await Promise.all([
    import('../adapters/sinks/parse-sink.ts'),
    import('../adapters/locks/process-identity.ts'),
  ]);
  const absolute = label.replace(
    /^(file|env):(?=.)(.*)$/s,
    (_, kind: string, path: string) => `${kind}:${absolutePath(app.runtime, path)}`,
  );
  const { random, env, clock, pid, processExists } = app.runtime;
  const sink = parseSink(absolute, {
    disk: await app.disk(),
    random,
    children: await app.children(),
    env,
    note: (line) => app.note(line),
    ...may,
    ownFolders: await findOwnFolders(app),
    clock,
    processes: createProcesses({ pid, signalZero: processExists }),
  });
  return maskedFirst(app, sink);
}

/** In CI, whatever the destination: the next steps read it, and show it. One that holds the secret already is masked too. */
function maskedFirst(app: App, sink: Sink): Sink {
  let masked = false;
  const mask = async (secret: Secret) => {
    if (!masked) await maskInCi(app, secret);
    masked = true;
  };
  return {
    ...sink,
    async holds(secret) {
      await mask(secret);
      return sink.holds(secret);
    },
    async deliver(secret) {
      await mask(secret);
      await sink.deliver(secret);
    },
  };
}

/** Writes the secret and waits until the system has it; a closed pipe is a delivery that failed. */
async function printSecret(app: App, secret: Secret, document: OneDocument): Promise<void> {
  try {
    await writeSecret(app, secret, document);
  } catch (error) {
    if (!(error instanceof ClosedPipe)) throw error;
    throw new AppError({ code: 'failure', message: 'the output was closed before the secret was written' });
  }
}

async function writeSecret(app: App, secret: Secret, document: OneDocument): Promise<void> {
  const { stdout, stderr } = app.runtime;
  const { format } = app.globals;
  await maskInCi(app, secret);
  if (!isStructured(format) && stdout.isTerminal) await stderr.write(`${ONCE_WARNING}\n`);
  const report = isStructured(format) ? document : ({ shape: 'text', text: secret, newline: true } as const);
  const { present } = await import('../output/present.ts');
  for await (const piece of present(report, app.presentation())) await stdout.write(piece);
}

/** For what has no secret. */
export const NO_DELIVERY: ParsedDelivery = { saveAs: null, sinks: [], print: null, wasPrinted: () => false };

/** Refuses every way out for a secret where there is none: whoever captures the output would take a table for it. */
export function refuseDelivery(input: Input, why: string, instead: string): void {
  const given = {
    print: input.flag('print'),
    save: input.textOrFlag('save') !== undefined,
    to: input.list('to').length > 0,
  };
  for (const [name, isGiven] of Object.entries(given)) {
    if (isGiven) throw usage(`${why} for "--${name}"`, `leave "--${name}" out: ${instead}; nothing was sent`);
  }
}
