import { isLocal, listCommand, NOTICE, valuedNames, variadic } from './offers.ts';
import { GLOBAL_VALUED, type Offer, type Place, type Word } from './places.ts';

export function fish(places: readonly Place[]): string {
  const lines = places.flatMap((place) => [
    ...place.words.map((word) => wordLine(place, word)),
    ...(place.argument === null
      ? []
      : [
          `complete -c keyturn -n '__keyturn_argument "${place.path}"' -f -a '${source(place.argument.offer)}'`,
        ]),
  ]);
  return `# fish completion for keyturn; ${NOTICE}
function __keyturn_words
    set -l known ${quoted(places.map(({ path }) => path).filter((path) => path !== ''))}
    set -l valued ${valuedNames(places).join(' ')}
    set -l place ''
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if string match -q -- '-*' $word
            contains -- $word $valued; and set skip 1
            continue
        end
        set -l next (string trim -- "$place $word")
        if contains -- $next $known
            set place $next
        else
            set count (math $count + 1)
        end
    end
    echo $place
    echo $count
end
function __keyturn_at
    set -l words (__keyturn_words)
    test "$words[1]" = "$argv[1]"
end
function __keyturn_argument
    set -l words (__keyturn_words)
    test "$words[1]" = "$argv[1]"; or return 1
    test "$words[2]" = 0; or contains -- "$argv[1]" ${quoted(variadic(places))}
end
${lines.join('\n')}
`;
}

function wordLine({ path, valued }: Place, { word, about }: Word): string {
  const told = `-d '${quote(about)}'`;
  const at = `complete -c keyturn -n '__keyturn_at "${path}"'`;
  if (!word.startsWith('--')) return `${at} -f -a '${word}' ${told}`;
  const option = [...valued, ...GLOBAL_VALUED()].find(({ names }) => names.includes(word));
  const short = option?.names.find((name) => /^-[a-z]$/.test(name));
  const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
  const value = !option ? '' : option.offer === null ? ' -r' : ` -x -a '${source(option.offer)}'`;
  return `${at} -l '${word.slice(2)}'${letter}${value} ${told}`;
}

function source(offer: Offer): string {
  return isLocal(offer) ? `(command ${listCommand(offer)} 2>/dev/null </dev/null)` : offer.join(' ');
}

function quote(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(' ');
}
