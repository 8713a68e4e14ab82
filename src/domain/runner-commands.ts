/**
 * What the runners of CI services read as a command in the output of a step, whoever wrote it there: GitHub's and Azure's
 * `##[name]`, `##vso[…]` and TeamCity's `##teamcity[…]` anywhere in a line, GitHub's `::name::` and Buildkite's `--- ` at
 * its start, GitLab's `section_start:` and Travis's `travis_fold:`. Runners compare by the rules of a language: marks
 * between the characters do not count for them.
 */
const BRACKET = /(#\p{M}*#[\p{M}\p{L}\p{N}_.-]*)(\[)/gu;
const FOLD = /((?:section_(?:start|end)|travis_(?:fold|time))\p{M}*)(:)/giu;
const COLONS = /^([\s\p{M}]*)(:)(?=\p{M}*:)/u;
const GROUP = /^(\s*)([-+~^])(?=(?:--|\+\+|~~|\^\^)(?:\s|$))/u;
/** In JSON and YAML a text begins after a quote; white space in it may be escaped. */
const QUOTED_COLONS = /("(?:\s|\\[nrtfb]|\\u[0-9a-f]{4}|\p{M})*)(:)(?=\p{M}*:)/gu;

type Escape = (character: string) => string;

/** One line, or what may begin one, in which no runner finds a command: one character of each is escaped. */
export function breakCommands(line: string, write: Escape): string {
  return [BRACKET, FOLD, COLONS, GROUP].reduce((text, command) => replace(text, command, write), line);
}

/** The same for a document in which every text that holds a command stands in double quotes. */
export function breakQuotedCommands(document: string, write: Escape): string {
  return [BRACKET, FOLD, QUOTED_COLONS].reduce((text, command) => replace(text, command, write), document);
}

function replace(text: string, command: RegExp, write: Escape): string {
  return text.replace(command, (_, before: string, character: string) => `${before}${write(character)}`);
}
