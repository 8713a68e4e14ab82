import { loginCommand } from '../../core/create-command.ts';
import { placeText } from '../../core/where.ts';
import { minutesNote } from '../../domain/duration.ts';
import { type AppError, usage } from '../../domain/errors.ts';
import { checkLocalName } from '../../domain/name.ts';
import { chooseExpiry } from '../../domain/time.ts';
import type { Provider, TokenOption, TokenSpec } from '../../ports/provider.ts';
import type { Services } from '../services/services.ts';
import { type Input, missingOptions } from './input.ts';
import { ownerOf, tokenOptionNames } from './token-options.ts';

export interface WantedToken {
  readonly spec: TokenSpec;
  /** The local name, for a provider without names. */
  readonly alias: string | null;
}

/** `6m` is six minutes: a person who means months learns that before the request is sent. */
export function noteMinutes(app: Pick<Services, 'note'>, lifetime: string | undefined): void {
  const note = lifetime === undefined ? null : minutesNote(lifetime);
  if (note !== null) app.note(note);
}

/** The specification that the provider accepts, checked before anything is sent. */
export async function readTokenSpec(
  app: Pick<Services, 'loadProvider' | 'note' | 'place' | 'profiles' | 'prompter' | 'runtime'>,
  input: Input,
  provider: Provider,
): Promise<WantedToken> {
  noteMinutes(app, input.text('expires-in'));
  const own = await readOwnOptions(app, input, provider);
  const asked = await askMissing(app, input, provider);
  const name = input.text('name') ?? asked.get('name') ?? null;
  const nameless = provider.facts.names === 'none';
  const scopes = input.list('scope', /[\s,]+/);
  const askedOwn = [...asked].filter(([option]) => option !== 'name' && option !== 'scope');
  const spec = provider.tokens.checkSpec({
    name: nameless ? null : name,
    scopes:
      scopes.length > 0 ? scopes : (asked.get('scope') ?? '').split(/[\s,]+/).filter((each) => each !== ''),
    expiresAt: chooseExpiry(
      { in: input.text('expires-in'), at: input.text('expires-at') },
      app.runtime.clock.now(),
    ),
    options: { ...own, ...Object.fromEntries(askedOwn) },
    idempotencyKey: null,
  });
  return { spec, alias: nameless && name !== null ? checkLocalName(name, 'credential') : null };
}

/** The required options that are missing: on a terminal they are asked for, elsewhere one error names all of them. */
async function askMissing(
  app: Pick<Services, 'note' | 'prompter'>,
  input: Input,
  { tokens, title }: Provider,
): Promise<Map<string, string>> {
  const missing = tokens.required.filter((name) =>
    name === 'scope' ? input.list('scope').length === 0 : input.text(name) === undefined,
  );
  const answers = new Map<string, string>();
  if (missing.length === 0) return answers;
  const refusal = missingOptions(missing, exampleOf(tokens.options));
  if (!app.prompter.interactive) throw refusal;
  app.note(`${title} needs more to make a token`);
  for (const name of missing) {
    const about = tokens.options.find((option) => option.name === name)?.about ?? WANTED[name] ?? name;
    const answer = (await app.prompter.ask(`${about}: `, refusal.facts.hint ?? '')).trim();
    if (answer === '') throw refusal;
    answers.set(name, answer);
  }
  return answers;
}

const WANTED: Readonly<Record<string, string>> = {
  name: 'what to call it',
  scope: 'what it may do (scopes, separated by commas or spaces)',
};

function exampleOf(options: readonly TokenOption[]): (name: string) => string {
  return (name) => options.find((option) => option.name === name)?.placeholder ?? name.toUpperCase();
}

async function readOwnOptions(
  app: Pick<Services, 'loadProvider' | 'place' | 'profiles'>,
  input: Input,
  provider: Provider,
): Promise<Record<string, string>> {
  const own = new Set(provider.tokens.options.map((option) => option.name));
  const options: Record<string, string> = {};
  for (const name of tokenOptionNames()) {
    const value = input.text(name);
    if (value === undefined) continue;
    if (!own.has(name)) throw await foreignOption(app, provider, name);
    options[name] = value;
  }
  return options;
}

/** An option of another provider: most often the wrong profile is current. */
async function foreignOption(
  app: Pick<Services, 'loadProvider' | 'place' | 'profiles'>,
  provider: Provider,
  name: string,
): Promise<AppError> {
  const owner = ownerOf(name);
  const where = placeText(provider.title, app.place?.profile ?? null);
  const profiles = await (await app.profiles()).list();
  const other = profiles.find((profile) => profile.provider === owner.toLowerCase());
  const hint = `leave it out, or ${other ? `add \`-p ${other.name}\`` : `log in: \`${loginCommand({ provider: await app.loadProvider(owner.toLowerCase()), profile: null })}\``}`;
  return usage(`"--${name}" is an option of ${owner}, and this is ${where}`, hint);
}
