import type { Node, OptionSpec } from './command.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import { TREE } from './program.ts';

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

export const SHELL_FILES: Readonly<Record<Shell, string>> = {
  bash: 'keyturn.bash',
  zsh: '_keyturn',
  fish: 'keyturn.fish',
  powershell: 'keyturn.ps1',
};

/** What may follow the words of a path: subcommands and options with what they are for. */
interface Place {
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

/** The four completion scripts, made from the command tree. */
export async function completionScripts(): Promise<Readonly<Record<Shell, string>>> {
  const places = await collectPlaces(TREE, '', [
    ...longNames(GLOBAL_OPTIONS),
    { word: '--help', about: 'show help' },
  ]);
  return { bash: bash(places), zsh: zsh(places), fish: fish(places), powershell: powershell(places) };
}

async function collectPlaces(
  nodes: readonly Node[],
  path: string,
  globals: Place['words'],
): Promise<readonly Place[]> {
  const here: Place = {
    path,
    words: [...nodes.map((node) => ({ word: node.name, about: node.about })), ...globals],
  };
  const places = [here];
  for (const node of nodes) {
    const next = path === '' ? node.name : `${path} ${node.name}`;
    if ('children' in node) places.push(...(await collectPlaces(node.children, next, globals)));
    else places.push({ path: next, words: [...longNames((await node.load()).options ?? []), ...globals] });
  }
  return places;
}

function longNames(options: readonly OptionSpec[]): Place['words'] {
  return options.flatMap((option) => {
    const word = /--[a-z-]+/.exec(option.flags)?.[0];
    return word === undefined ? [] : [{ word, about: option.about }];
  });
}

const NOTICE = 'made by `npm run generate` from the command tree; do not edit';

function bash(places: readonly Place[]): string {
  const cases = places.map(
    (place) => `    '${place.path}') words='${place.words.map((each) => each.word).join(' ')}' ;;`,
  );
  return `# bash completion for keyturn; ${NOTICE}
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) if _keyturn_known "\${path:+$path }$word"; then path="\${path:+$path }$word"; fi ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
_keyturn_known() {
  case "$1" in
    ${places
      .filter((place) => place.path !== '')
      .map((place) => `'${place.path}'`)
      .join('|')}) return 0 ;;
  esac
  return 1
}
complete -o default -F _keyturn keyturn
`;
}

function zsh(places: readonly Place[]): string {
  const quote = (text: string) => text.replaceAll("'", '’').replaceAll(':', '\\:');
  const cases = places.map(
    (place) =>
      `    '${place.path}') words=(${place.words.map((each) => `'${each.word}:${quote(each.about)}'`).join(' ')}) ;;`,
  );
  return `#compdef keyturn
# zsh completion for keyturn; ${NOTICE}
_keyturn() {
  local place='' word
  local -a words_known words
  words_known=(${places
    .filter((place) => place.path !== '')
    .map((place) => `'${place.path}'`)
    .join(' ')})
  for word in "\${(@)=BUFFER}"; do
    [[ "$word" == -* || "$word" == keyturn ]] && continue
    if (( \${words_known[(Ie)\${place:+$place }$word]} )); then place="\${place:+$place }$word"; fi
  done
  case "$place" in
${cases.join('\n')}
  esac
  _describe 'keyturn' words || _files
}
if [[ "$funcstack[1]" == _keyturn ]]; then _keyturn "$@"; else compdef _keyturn keyturn; fi
`;
}

function fish(places: readonly Place[]): string {
  const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = places.flatMap((place) =>
    place.words.map((each) => {
      const what = each.word.startsWith('--') ? `-l '${each.word.slice(2)}'` : `-f -a '${each.word}'`;
      return `complete -c keyturn -n '__keyturn_at "${place.path}"' ${what} -d '${quote(each.about)}'`;
    }),
  );
  return `# fish completion for keyturn; ${NOTICE}
function __keyturn_at
    set -l known ${places
      .filter((place) => place.path !== '')
      .map((place) => `'${place.path}'`)
      .join(' ')}
    set -l place ''
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        set -l next (string trim -- "$place $word")
        contains -- $next $known; and set place $next
    end
    test "$place" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function powershell(places: readonly Place[]): string {
  const rows = places.map(
    (place) => `    '${place.path}' = @(${place.words.map((each) => `'${each.word}'`).join(', ')})`,
  );
  return `# PowerShell completion for keyturn; ${NOTICE}
Register-ArgumentCompleter -Native -CommandName keyturn -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
${rows.join('\n')}
  }
  $place = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $word = $element.ToString()
    if ($word.StartsWith('-')) { continue }
    $next = "$place $word".Trim()
    if ($places.ContainsKey($next)) { $place = $next }
  }
  $places[$place] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
