import type { Definition } from '../provider-table.ts';
import { type Problem, textsIn } from './problem.ts';

/** What belongs to a shell, or fetches something: no hint needs it. */
const SHELL =
  /\$\(|&&|\|\||>\s*\/|<\(|\s\|\s|;\s*(?:sh|bash)\b|\b(?:curl|wget|sudo|base64|eval|nc|ssh|powershell)\s/i;
/** The commands of keyturn that a definition may show. */
const KEYTURN =
  /^(?:keyturn )?(?:tokens|keys|projects|login|logout|whoami|profiles|providers|rotations)(?: [\w.@:*=<>/-]+)*$/;
/** Options that would send a credential to another place. */
const AWAY = /--(?:url|to|token-file|cli-file|allow-exec)\b|exec:/;
const OPTION = /^--[a-z][a-z-]*(?: [\w.@:*/,-]+)*$/;
const WORD = /^[\w.@:*/-]+$/;

/** Texts for people: they show commands of keyturn's, and lead nowhere else. */
export function findTextProblems(definition: Definition): readonly Problem[] {
  const { vendorCli } = definition.credential;
  const problems: Problem[] = [];
  for (const { place, text } of spokenTexts(definition)) {
    if (SHELL.test(text)) problems.push({ place, says: 'shows a command that is not of keyturn' });
    if (/https?:\/\//i.test(text))
      problems.push({ place, says: 'has an address in a text; "docs" and "page" are for addresses' });
    for (const [, command = ''] of text.matchAll(/`([^`]*)`/g)) {
      if (isKnown(command, vendorCli)) continue;
      problems.push({ place, says: 'shows a command that is not of keyturn' });
    }
    for (const [, command = ''] of text.matchAll(/\{([a-z][^{}]*)\}/g)) {
      if (KEYTURN.test(command) && !AWAY.test(command)) continue;
      problems.push({ place, says: 'has braces that hold no command of keyturn' });
    }
  }
  return problems;
}

function isKnown(command: string, vendorCli: string | undefined): boolean {
  if (AWAY.test(command)) return false;
  return KEYTURN.test(command) || OPTION.test(command) || WORD.test(command) || command === vendorCli;
}

/** What people read; addresses and what is sent to the vendor are looked at elsewhere. */
function* spokenTexts(definition: Definition) {
  const { title, credential, settings, options, scopes, expiry, errors, instead } = definition;
  const { page: _, ...spoken } = credential;
  const hints = { title, credential: spoken, settings, options, scopes, expiry, instead };
  yield* textsIn(hints, []);
  yield* textsIn(errors?.hints, ['errors', 'hints']);
  for (const [index, { hint }] of (errors?.words ?? []).entries())
    yield* textsIn(hint, ['errors', 'words', index, 'hint']);
}
