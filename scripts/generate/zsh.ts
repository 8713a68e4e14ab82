import { ARGUMENT, isLocal, listCommand, NOTICE, offersOf, valuedNames, variadic } from './offers.ts';
import type { Place } from './places.ts';

export function zsh(places: readonly Place[]): string {
  const quote = (text: string) => text.replaceAll("'", '’').replaceAll(':', '\\:');
  const words = places.map(
    (place) =>
      `    '${place.path}') offered=(${place.words.map((each) => `'${each.word}:${quote(each.about)}'`).join(' ')}) ;;`,
  );
  const offers = offersOf(places).map(({ keys, offer }) => {
    const patterns = keys.map((key) => (key.startsWith('* ') ? `*'${key.slice(1)}'` : `'${key}'`)).join('|');
    const command = isLocal(offer)
      ? `command ${listCommand(offer)} 2>/dev/null </dev/null`
      : `print -l -- ${offer.join(' ')}`;
    return `    ${patterns}) ${command} ;;`;
  });
  return `#compdef keyturn
# zsh completion for keyturn; ${NOTICE}
_keyturn() {
  local place='' word option=''
  local -a known valued variadic offered values
  integer count=0
  known=(${quoted(places.map(({ path }) => path).filter((path) => path !== ''))})
  valued=(${valuedNames(places).join(' ')})
  variadic=(${quoted(variadic(places))})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n "$option" ]]; then
      option=''
    elif [[ "$word" == -* ]]; then
      if (( \${valued[(Ie)$word]} )); then option="$word"; fi
    elif (( \${known[(Ie)\${place:+$place }$word]} )); then
      place="\${place:+$place }$word"
    else
      count+=1
    fi
  done
  if [[ -z "$option" && "$PREFIX" == --*=* ]]; then
    option="\${PREFIX%%=*}"
    compset -P '*='
  fi
  if [[ -n "$option" ]]; then
    values=(\${(f)"$(_keyturn_offers "$place $option")"})
    if (( \${#values} )); then compadd -a values; else _files; fi
    return
  fi
  case "$place" in
${words.join('\n')}
  esac
  if [[ "$PREFIX" != -* ]] && (( count == 0 || \${variadic[(Ie)$place]} )); then
    values=(\${(f)"$(_keyturn_offers "$place ${ARGUMENT}")"})
    if (( \${#values} )); then compadd -a values; fi
  fi
  _describe 'keyturn' offered || (( \${#values} )) || _files
}
_keyturn_offers() {
  case "$1" in
${offers.join('\n')}
  esac
}
if [[ "$funcstack[1]" == _keyturn ]]; then _keyturn "$@"; else compdef _keyturn keyturn; fi
`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(' ');
}
