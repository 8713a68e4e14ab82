import { ARGUMENT, isLocal, listCommand, NOTICE, offersOf, valuedNames, variadic } from './offers.ts';
import type { Place } from './places.ts';

export function powershell(places: readonly Place[]): string {
  const rows = places.map(({ path, words }) => `    '${path}' = @(${list(words.map(({ word }) => word))})`);
  const offers = offersOf(places).flatMap(({ keys, offer }) => {
    const value = isLocal(offer) ? `{ ${listCommand(offer)} 2>$null }` : `@(${list(offer)})`;
    return keys.map((key) => `    '${key}' = ${value}`);
  });
  // A hash table of PowerShell ignores case, and so do the names of options here.
  return `# PowerShell completion for keyturn; ${NOTICE}
Register-ArgumentCompleter -Native -CommandName keyturn -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
${rows.join('\n')}
  }
  $offers = @{
${offers.join('\n')}
  }
  $valued = @(${list(valuedNames(places))})
  $variadic = @(${list(variadic(places))})
  $place = ''
  $option = ''
  $count = 0
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $word = $element.ToString()
    if ($option -ne '') { $option = ''; continue }
    if ($word.StartsWith('-')) { if ($valued -contains $word) { $option = $word }; continue }
    $next = "$place $word".Trim()
    if ($places.ContainsKey($next)) { $place = $next } else { $count += 1 }
  }
  $words = @()
  if ($option -eq '') {
    $words = $places[$place]
    if ($count -eq 0 -or $variadic -contains $place) { $option = '${ARGUMENT}' }
  }
  $offer = $offers["$place $option"]
  if ($null -eq $offer) { $offer = $offers["* $option"] }
  if ($offer -is [scriptblock]) { $offer = & $offer }
  @($offer) + @($words) | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function list(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}
