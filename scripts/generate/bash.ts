import { ARGUMENT, isLocal, listCommand, NOTICE, offersOf, valuedNames, variadic } from './offers.ts';
import type { Place } from './places.ts';

export function bash(places: readonly Place[]): string {
  const words = places.map(
    (place) => `    '${place.path}') words='${place.words.map((each) => each.word).join(' ')}' ;;`,
  );
  const offers = offersOf(places).map(({ keys, offer }) => {
    const patterns = keys.map((key) => (key.startsWith('* ') ? `*'${key.slice(1)}'` : `'${key}'`)).join('|');
    const command = isLocal(offer)
      ? `command ${listCommand(offer)} 2>/dev/null </dev/null`
      : `printf '%s\\n' ${offer.join(' ')}`;
    return `    ${patterns}) ${command} ;;`;
  });
  return `# bash completion for keyturn; ${NOTICE}
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' option='' word words='' place count=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n "$option" ]]; then
      # \`--store=file\` is three words here.
      [[ "$word" == '=' ]] || option=''
    elif [[ "$word" == -* ]]; then
      if _keyturn_valued "$word"; then option="$word"; fi
    elif _keyturn_known "\${path:+$path }$word"; then
      path="\${path:+$path }$word"
    else
      count=$((count + 1))
    fi
  done
  [[ "$current" == '=' ]] && current=''
  COMPREPLY=()
  if [[ -z "$option" ]]; then
    case "$path" in
${words.join('\n')}
    esac
    for word in $words; do
      [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
    done
    [[ "$current" == -* ]] && return
    option='${ARGUMENT}'
    if (( count > 0 )) && ! _keyturn_variadic "$path"; then return; fi
  fi
  while IFS= read -r word; do
    [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
  done < <(_keyturn_offers "$path $option")
}
_keyturn_offers() {
  case "$1" in
${offers.join('\n')}
  esac
}
_keyturn_valued() {
  case "$1" in
    ${valuedNames(places).join('|')}) return 0 ;;
  esac
  return 1
}
_keyturn_variadic() {
  case "$1" in
    ${quoted(variadic(places)).join('|')}) return 0 ;;
  esac
  return 1
}
_keyturn_known() {
  case "$1" in
    ${quoted(places.map(({ path }) => path).filter((path) => path !== '')).join('|')}) return 0 ;;
  esac
  return 1
}
complete -o default -F _keyturn keyturn
`;
}

function quoted(texts: readonly string[]): readonly string[] {
  return texts.map((text) => `'${text}'`);
}
