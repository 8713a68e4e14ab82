// What `npm run build` makes of src: `dist/cli/*.cjs`, which need no package but the optional keychain library, and
// `dist/THIRD-PARTY-LICENSES.txt`. CommonJS, because Node 20 starts it faster than modules.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';

/** `start.cjs`: what `bin/keyturn.js` calls, and what a test hands its own runtime to. */
const START = {
  name: 'start',
  resolveId: (id) => (id === 'start' ? '\0start' : null),
  load: (id) =>
    id === '\0start'
      ? "export { main } from './src/cli/main.ts'; export { nodeRuntime } from './src/cli/node-runtime.ts';"
      : null,
};

/** Modules of Node are loaded when they are first used: `node:crypto` alone costs a tenth of a start, and few commands use it. */
const BUILTINS_ON_FIRST_USE = {
  name: 'builtins-on-first-use',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]commander[\\/]lib[\\/]command\.js$/ },
    handler(code) {
      // For commands that are programs of their own, which keyturn has not.
      const eager = "const childProcess = require('node:child_process');";
      if (!code.includes(eager)) throw new Error('commander loads node:child_process in another way now');
      return code.replace(
        eager,
        "const childProcess = { spawn: (...all) => require('node:child_process').spawn(...all) };",
      );
    },
  },
  renderChunk(code, { fileName }) {
    const getters = [];
    // A default or namespace import is assigned a second time in the next line, and stays.
    let lazy = code.replace(/^let (node_\w+) = require\("(node:[\w/]+)"\);\n(?!\1 = )/gm, (_, name, from) => {
      getters.push([name, from]);
      return '';
    });
    for (const [name] of getters) {
      lazy = lazy.replace(new RegExp(`(?<![\\w.$])${name}\\.`, 'g'), `builtins.${name}.`);
      if (new RegExp(`(?<!builtins\\.)\\b${name}\\b`).test(lazy))
        throw new Error(`${fileName} uses ${name} in a way that is not known`);
    }
    const members = getters.map(
      ([name, from]) =>
        `\tget ${name}() {\n\t\treturn Object.defineProperty(this, "${name}", { value: require("${from}") }).${name};\n\t}`,
    );
    return members.length === 0 ? null : `const builtins = {\n${members.join(',\n')}\n};\n${lazy}`;
  },
};

/** Made at the first text that is more than ASCII: it reads the tables of Unicode, which costs as much as a whole command. */
const SEGMENTER_ON_FIRST_USE = {
  name: 'segmenter-on-first-use',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]string-width[\\/]index\.js$/ },
    handler(code) {
      const eager = 'const segmenter = new Intl.Segmenter();';
      if (!code.includes(eager)) throw new Error('string-width makes its segmenter in another way now');
      return code.replace(
        eager,
        'let segmenter_; const segmenter = { segment: (text) => (segmenter_ ??= new Intl.Segmenter()).segment(text) };',
      );
    },
  },
};

/** Files that need no other: what answers at once, and the programs of `src/cli/package-files.ts`. */
const SINGLE = {
  'quick-answer': 'src/cli/quick-answer.ts',
  'relay-output': 'src/cli/terminal/relay-output.ts',
  'keychain-child': 'src/adapters/keychain/keychain-child.ts',
};

/**
 * Which files lie together in a chunk. The first pattern that matches takes the file with everything that it imports statically, so
 * that a chunk needs only those above it, and a command never loads what it would load later.
 */
const CHUNKS = [
  [
    'start',
    /start$|rolldown.runtime|src\/(cli\/(main|node-runtime|program)|adapters\/(config\/paths|disk\/(compile|script)-cache))\.ts$/,
  ],
  ['parse', /src\/cli\/arguments\/(parse|globals)\.ts$/],
  // What `credentials get`, `run` and `tokens list` have in common.
  [
    'local',
    /src\/(cli\/(services\/(app|local|once|reminders|installation|show-secret)|terminal\/attended|commands\/(credentials-get|profiles-list))|domain\/(surroundings|variable-name)|output\/(present|note|errors)|adapters\/(config\/(paths|config-file)|disk\/(node-disk|retrying-disk|private|own-uid)|journal\/file-journal|store\/(credential-store|journal-sealer|installation-keys|data-keys)))\.ts$/,
  ],
  ['child', /src\/(cli\/commands\/run|adapters\/child\/node-children)\.ts$/],
  [
    'remote',
    /src\/(cli\/(commands\/(tokens-list|tokens-get|whoami)|terminal\/slow-notice|services\/trust-notice)\.ts$|core\/(client|open-connection|resolve-connection)\.ts$|adapters\/http\/|providers\/)/,
  ],
  // What a person at a terminal sees: questions and tables.
  ['person', /src\/(output\/(question|table|style|width)|cli\/terminal\/)|node_modules\/chalk\//],
  ['progress', /src\/output\/progress|node_modules\/ora\//],
  [
    'commands',
    /src\/cli\/commands\/(profiles|credentials|audit|helper|help|logout|completion|providers|projects|doctor)/,
  ],
  [
    'change',
    /src\/(core|adapters\/(audit|child|config|disk|locks|policy|destinations|store|vendor-cli)|cli\/(arguments|commands|services))\/(?!sandbox)/,
  ],
  ['keychain', /src\/adapters\/keychain\//],
  ['yaml', /src\/(adapters\/yaml\/|output\/structured)|node_modules\/yaml\//],
  ['undici', /node_modules\/undici\//],
  ['sandbox', /src\/(sandbox|cli\/commands\/sandbox)\//],
];

/** Bundles into the folder `to`. `root` is the repository. */
export async function bundle(root, to) {
  const out = join(to, 'cli');
  const chunks = await write(root, { start: 'start' }, out, {
    codeSplitting: {
      groups: CHUNKS.map(([name, test], index) => ({ name, test, priority: CHUNKS.length - index })),
    },
  });
  for (const [name, path] of Object.entries(SINGLE))
    chunks.push(...(await bundleFile(root, name, path, out)));
  const names = chunks.map(({ fileName }) => fileName);
  if (new Set(names).size < names.length) throw new Error(`two chunks have one name: ${names}`);
  const external = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const foreign = external.filter((name) => !name.startsWith('node:') && !names.includes(name));
  if (foreign.length > 0) throw new Error(`the bundle needs packages: ${foreign}`);
  writeFileSync(join(to, 'THIRD-PARTY-LICENSES.txt'), licences(root, chunks));
}

/** Bundles one file with all that it imports into `NAME.cjs` in the folder `to`: Node 20 reads no TypeScript. */
export function bundleFile(root, name, path, to) {
  return write(root, { [name]: path }, to, { codeSplitting: false });
}

async function write(root, input, dir, output) {
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    plugins: [START, BUILTINS_ON_FIRST_USE, SEGMENTER_ON_FIRST_USE],
    // The chunk of the entry holds what others need of it too; otherwise the entry would be a file of its own that only loads the chunk.
    preserveEntrySignatures: 'allow-extension',
    onLog: (level, log) => {
      // The groups decide what a lazy import loads, and one that is static elsewhere costs nothing.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') console.error(`${level}: ${log.message}`);
    },
  });
  try {
    const written = await build.write({
      dir,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      comments: { legal: true, annotation: false, jsdoc: false },
      ...output,
    });
    return written.output;
  } finally {
    await build.close();
  }
}

/** The licence of each package that the chunks hold a file of. */
function licences(root, chunks) {
  const modules = join(root, 'node_modules') + sep;
  const folders = new Set(
    chunks
      .flatMap(({ moduleIds }) => moduleIds)
      .filter((id) => id.startsWith(modules))
      .map((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)[0]),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e(?:[.-]|$)/i.test(each));
    if (file === undefined || typeof license !== 'string')
      throw new Error(`${relative(root, folder)} has no licence to ship`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `keyturn contains code of these packages.\n\n${texts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}
