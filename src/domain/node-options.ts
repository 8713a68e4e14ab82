/**
 * Splits NODE_OPTIONS as Node does: at spaces outside double quotes; inside them a backslash takes the next character
 * as it is. Single quotes and tabs mean nothing. Source: `ParseNodeOptionsEnvVar` in Node's src/node_options.cc.
 */
export function splitNodeOptions(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    let letter = text.charAt(at);
    if (letter === '"') {
      quoted = !quoted;
      continue;
    }
    if (letter === ' ' && !quoted) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    if (letter === '\\' && quoted) {
      at += 1;
      letter = text.charAt(at);
    }
    word = (word ?? '') + letter;
  }
  if (word !== null) words.push(word);
  return words;
}

export interface DangerousOption {
  /** As Node's documentation writes it, without a value: `--tls-keylog`. */
  readonly name: string;
  /** What it does, after "which". */
  readonly effect: string;
}

/** Options of Node and of V8 that open keyturn to somebody else: patterns of whole names, and what the options do. */
const DANGEROUS: readonly (readonly [RegExp, string])[] = [
  [
    /^(require|import|loader|experimental-loader|experimental-policy|snapshot-blob|env-file(-if-exists)?|experimental-(default-)?config-file)$/,
    'loads other code or settings into keyturn',
  ],
  [/^(eval|print|interactive|build-snapshot.*|build-sea|experimental-sea-config)$/, 'runs other code'],
  [
    /^(inspect.*|debug|debug-brk|debug-port|experimental-inspector-.*|experimental-.+-inspection|gdbjit.*|wasm-gdb-.*)$/,
    'opens a debugger',
  ],
  [/^(tls-keylog|trace-tls)$/, 'writes down the keys or the course of TLS connections'],
  [
    /^(tls-min-v1\.[01]|tls-cipher-list|use-openssl-ca|openssl-config|openssl-shared-config|insecure-http-parser|http-parser|security-revert)$/,
    'weakens TLS or HTTP',
  ],
  [
    /^(heap-prof.*|cpu-prof.*|heapsnapshot-.*|heap-snapshot-.*|report-.*|experimental-report|diagnostic-dir|redirect-warnings|abort-on-uncaught-exception|perf-.*|prof|prof-.*|ll-prof|log.*|dump.*|redirect-code-traces.*|map-counters|vtune-.*)$/,
    'writes what keyturn does, or its memory, to files',
  ],
  [/^(trace|trace-.*|print-.*)$/, 'shows what keyturn does'],
];

/** The members of those families that show warnings and counts, and no values. */
const HARMLESS =
  /^trace-(warnings|deprecation|uncaught|exit|sigint|sync-io|promises|require-module|atomics-wait|env|env-js-stack|env-native-stack|gc|gc-.*|opt|opt-.*|deopt|deopt-.*)$/;

/** The same options by one letter. `-r` takes its value as the next word only; anything else after it is nothing of Node's. */
const SHORT: Readonly<Record<string, string>> = {
  r: 'require',
  e: 'eval',
  p: 'print',
  pe: 'print',
  i: 'interactive',
};

/**
 * The first option of these words that is dangerous; null when none is. Node takes no value that begins with `-`, so each
 * such word is an option. It reads `--tls_keylog` as `--tls-keylog`, and V8 takes its own options with one dash, too.
 */
export function findDangerousOption(words: readonly string[]): DangerousOption | null {
  for (const word of words) {
    const [, dashes, written] = /^(--?)([^=]+)/.exec(word) ?? [];
    if (written === undefined) continue;
    const spelled = written.replaceAll('_', '-');
    const name = dashes === '-' ? (SHORT[/^r[^a-z]/.test(spelled) ? 'r' : spelled] ?? spelled) : spelled;
    if (HARMLESS.test(name)) continue;
    const found = DANGEROUS.find(([pattern]) => pattern.test(name));
    if (found) return { name: `--${name}`, effect: found[1] };
  }
  return null;
}
