/**
 * What the runners of CI services do with the output of a step. Written from their published behaviour: GitHub's
 * `ActionCommand.TryParseV2` and `TryParse` with `ActionCommandManager`, Azure's `Command.TryParse`, and the documents of
 * TeamCity, GitLab, Travis and Buildkite.
 */
export interface RunnerCommand {
  readonly runner: 'github' | 'azure' | 'teamcity' | 'gitlab' | 'travis' | 'buildkite';
  readonly name: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

type Parse = (line: string, isRegistered?: (name: string) => boolean) => RunnerCommand | null;

const EVERY_NAME = () => true;
const NONE: ReadonlyMap<string, string> = new Map();

/** `::name a=b,c=d::data`, at the start of a line but for white space. */
export const parseColons: Parse = (line, isRegistered = EVERY_NAME) => {
  const message = comparable(line).trimStart();
  if (!message.startsWith('::')) return null;
  const end = message.indexOf('::', 2);
  if (end < 0) return null;
  const data = decode(message.slice(end + 2), DATA);
  return toCommand('github', message.slice(2, end), { separator: ',', codes: PROPERTY, data, isRegistered });
};

/** `##[name a=b;c=d]data`, the first one of a line, wherever it stands. */
export const parseBrackets: Parse = (line, isRegistered = EVERY_NAME) => {
  const message = comparable(line);
  const start = message.indexOf('##[');
  const end = start < 0 ? -1 : message.indexOf(']', start);
  if (end < 0) return null;
  const data = decode(message.slice(end + 1), BRACKETED);
  const info = message.slice(start + 3, end);
  return toCommand('github', info, { separator: ';', codes: BRACKETED, data, isRegistered });
};

/** Azure's `##vso[area.event a=b;]data`, wherever it stands. Old agents compare the prefix without regard to case. */
export const parseVso: Parse = (line) => {
  const message = comparable(line);
  const start = message.toLowerCase().indexOf('##vso[');
  const end = start < 0 ? -1 : message.indexOf(']', start);
  if (end < 0) return null;
  const info = message.slice(start + 6, end);
  const [area, event, more] = (info.split(' ')[0] ?? '').split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || more !== undefined) return null;
  const data = decode(message.slice(end + 1), BRACKETED);
  return toCommand('azure', info, { separator: ';', codes: BRACKETED, data, isRegistered: EVERY_NAME });
};

/** The others have a mark and a name, and no escapes that matter here. */
const MARKS: readonly (readonly [RunnerCommand['runner'], RegExp])[] = [
  ['teamcity', /##teamcity\[\s*([^\s\]]+)/i],
  ['gitlab', /(section_(?:start|end)):/i],
  ['travis', /(travis_(?:fold|time)):/i],
  ['buildkite', /^\s*(---|\+\+\+|~~~|\^\^\^)(?:\s|$)/],
];

/** Every runner's reading of one line. */
export function readLine(line: string): readonly RunnerCommand[] {
  const parsed = [parseColons(line), parseBrackets(line), parseVso(line)];
  const marked = MARKS.map(([runner, pattern]): RunnerCommand | null => {
    const name = pattern.exec(comparable(line))?.[1];
    return name === undefined ? null : { runner, name, properties: NONE, data: '' };
  });
  return [...parsed, ...marked].filter((command) => command !== null);
}

/** Every line of an output, split as the runners split it. */
export function readOutput(output: string): readonly RunnerCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap(readLine);
}

/** What GitHub's runner knows when a job begins; `stop-commands` adds the token that ends the stop. */
const REGISTERED = [
  'set-env set-output save-state add-mask add-path add-matcher remove-matcher debug warning error notice',
  'group endgroup echo stop-commands',
]
  .join(' ')
  .split(' ');

/** One job of GitHub's runner: what it has been told to do, and what its log shows. */
export interface ActionsJob {
  take(output: string): void;
  readonly masks: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly stopped: boolean;
  log(): string;
}

export function startActionsJob(): ActionsJob {
  const masks: string[] = [];
  const outputs = new Map<string, string>();
  const log: string[] = [];
  let stopToken: string | null = null;
  const isRegistered = (name: string) =>
    REGISTERED.includes(name.toLowerCase()) || name.toLowerCase() === stopToken?.toLowerCase();
  const takeLine = (line: string) => {
    const command = parseColons(line, isRegistered) ?? parseBrackets(line, isRegistered);
    const name = command?.name.toLowerCase();
    if (stopToken !== null) {
      if (name === stopToken.toLowerCase()) stopToken = null;
      log.push(line);
    } else if (!command) log.push(line);
    else if (name === 'stop-commands') stopToken = command.data;
    else if (name === 'add-mask') masks.push(command.data);
    else if (name === 'set-output') outputs.set(command.properties.get('name') ?? '', command.data);
  };
  return {
    take: (output) => output.split(/\r\n|\r|\n/).forEach(takeLine),
    masks,
    outputs,
    get stopped() {
      return stopToken !== null;
    },
    log: () => masks.reduce((text, mask) => text.split(mask).join('***'), log.join('\n')),
  };
}

/** The runners compare as their language does: what has no weight there is no character. */
function comparable(line: string): string {
  return line.replace(/(?![\t\v\f\u0085])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

interface Parts {
  readonly separator: string;
  readonly codes: readonly (readonly [string, string])[];
  readonly data: string;
  isRegistered(name: string): boolean;
}

function toCommand(runner: RunnerCommand['runner'], info: string, parts: Parts): RunnerCommand | null {
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!parts.isRegistered(name)) return null;
  const properties = new Map<string, string>();
  const pairs = space > 0 ? info.slice(space + 1).split(parts.separator) : [];
  for (const pair of pairs) {
    const [key, ...value] = pair.trim().split('=');
    if (key && value.length > 0) properties.set(key.toLowerCase(), decode(value.join('='), parts.codes));
  }
  return { runner, name, properties, data: parts.data };
}

const DATA = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
] as const;
const PROPERTY = [['%3A', ':'], ['%2C', ','], ...DATA] as const;
const BRACKETED = [['%3B', ';'], ['%5D', ']'], ...DATA] as const;

function decode(text: string, codes: Parts['codes']): string {
  return codes.reduce((rest, [code, character]) => rest.split(code).join(character), text);
}
