import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRig } from './rig.ts';

const TOKEN = 'pf_9KdLq2xZ7vTb4WmR8sYc1HnJ5uGe';
const QUOTES = `pw"it's\\a<b>&c$d\`e!f/g+h=i%42k`;
const python = (program: string) =>
  `python3 -c 'import base64, csv, html, json, os, shlex, sys, urllib.parse as url; T = os.environ["T"]; ${program}'`;
const jq = (filter: string) => `jq -nr --arg s "$T" '${filter}'`;
const auth = `json.dumps({"auths": {"h": {"username": "u", "password": T, "auth": base64.b64encode(b"u:" + T.encode()).decode()}}})`;

/** What programs write of `$T`, by the tool that is needed. */
const WAYS: readonly (readonly [tool: string, script: string])[] = [
  ['bash', 'printf "%s\\n" "$T"'],
  ['bash', 'printf "%q\\n" "$T"'],
  ['bash', '{ set -x; : "$T"; } 2>&1'],
  ['bash', `declare -p T; echo "\${T@Q}"`],
  ['sed', 'printf "%s\\n" "$T" | sed -n l'],
  ['sed', 'printf "%s\\n" "$T" | sed "s/./& /g"'],
  ['grep', `printf "%s\\n" "$T" | grep --color=always -F -e "\${T:3:6}"`],
  ['grep', 'printf "%s\\n" "$T" | grep --color=always "[a-z]"'],
  ['fold', 'printf "%s\\n" "$T" | fold -w 8'],
  ['fold', 'printf "%s\\n" "$T" | fold -w 1'],
  ['fold', 'printf "%s\\n" "$T" | fold -w 20 | sed "s/^/    /"'],
  ['base64', 'printf %s "$T" | base64'],
  ['base64', 'printf "u:%s" "$T" | base64 -w 11'],
  ['base64', 'printf "us:%s" "$T" | base64 | base64'],
  ['base64', `printf '{"p":"%s"}' "$(printf "u:%s" "$T" | base64 -w 0)" | base64 -w 0`],
  ['base32', 'printf %s "$T" | base32'],
  ['xxd', 'printf "ab%s" "$T" | xxd'],
  ['xxd', 'printf "ab%s" "$T" | xxd -u -g 1 -c 8'],
  ['xxd', 'printf "ab%s" "$T" | xxd -e'],
  ['xxd', 'printf "ab%s" "$T" | xxd -b'],
  ['xxd', 'printf %s "$T" | xxd -i'],
  ['xxd', 'printf %s "$T" | xxd -p -c 16'],
  ['xxd', 'printf %s "$T" | base64 | xxd'],
  ...[
    '',
    '-c',
    '-a',
    '-b',
    '-x',
    '-d',
    '-i',
    '-An -d',
    '-An -i',
    '-t x1',
    '-t x1z',
    '-t x1c',
    '-t u1',
    '-t x8',
    '-An -c',
    '-An -t x1',
    '-An -b',
  ].map((options): [string, string] => ['od', `printf "abc%s" "$T" | od ${options}`]),
  ...['', '-C', '-c', '-b', '-d', `-v -e '1/1 "%02X:"'`].map((options): [string, string] => [
    'hexdump',
    `printf "abc%s" "$T" | hexdump ${options}`,
  ]),
  ['jq', jq('$s | @json')],
  ['jq', jq('{p: $s} | tojson | tojson')],
  ['jq', jq('$s | @uri')],
  ['jq', jq('$s | @uri | @uri')],
  ['jq', jq('[$s] | @sh, @csv, @tsv, @html')],
  ['jq', `jq -Cn --arg s "$T" '{p: $s}'`],
  ['jq', jq('$s | explode')],
  ['python3', python('print(repr(T), ascii(T), T.encode())')],
  ['python3', python('print(json.dumps(json.dumps({"a": json.dumps(T)})))')],
  ['python3', python('print(url.quote(T, ""), url.quote_plus(T))')],
  ['python3', python('print("".join("%%%02x" % b for b in T.encode()))')],
  ['python3', python('print(html.escape(html.escape(T)))')],
  ['python3', python('print("".join("&#%d;" % ord(c) for c in T))')],
  ['python3', python('csv.writer(sys.stdout).writerow([T, "a,b"])')],
  ['python3', python('print(shlex.quote(T), T.replace(chr(39), chr(39) * 2))')],
  ['python3', python('print(T.encode().hex(":"), T.encode().hex("-").upper())')],
  ['python3', python('print(" ".join(hex(b) for b in T.encode()), list(T.encode()))')],
  ['python3', python('print(base64.urlsafe_b64encode(b"x" + T.encode()).decode())')],
  ['python3', python(`print(base64.b64encode(${auth}.encode()).decode())`)],
];

const hasTool = new Map(
  [...new Set(WAYS.map(([tool]) => tool)), 'bash'].map((tool) => [
    tool,
    spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
  ]),
);
const USABLE = WAYS.filter(([tool]) => hasTool.get(tool) && hasTool.get('bash'));

/** How the bytes of a script reach keyturn. */
const RHYTHMS = {
  'at once': `printf %s "$OUT"`,
  'byte by byte': `printf %s "$OUT" | node ./bytes.mjs 1 0`,
  'split in the middle, with a pause': `printf %s "$OUT" | node ./bytes.mjs half 120`,
} as const;
const BYTES = `
  import { setTimeout as pause } from 'node:timers/promises';
  const parts = []; for await (const part of process.stdin) parts.push(part);
  const all = Buffer.concat(parts); const [, , size, ms] = process.argv;
  const step = size === 'half' ? Math.ceil(all.length / 2) : Number(size);
  for (let at = 0; at < all.length; at += step) {
    await new Promise((done) => process.stdout.write(all.subarray(at, at + step), done));
    if (Number(ms)) await pause(Number(ms));
  }
`;

/** All that the text may mean, by plain means that share nothing with the masker. */
function readings(text: string): readonly string[] {
  const bare = text.replace(/\u001b\[[\d;]*[mK]/g, '').replace(/\s/g, '');
  const pairs = bare.replace(/[^0-9a-f]/gi, '');
  const decode = (from: string) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(from.slice(skip), 'base64').toString('latin1'));
  const once = bare.split(/[^\w+/=-]+/).flatMap(decode);
  const twice = once.flatMap((one) => one.split(/[^\w+/=-]+/)).flatMap(decode);
  const unescaped = bare.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return [bare, unescaped, Buffer.from(pairs, 'hex').toString('latin1'), ...once, ...twice];
}

/** Eight characters in a row of the secret that can still be read; none where it is masked. */
function leaked(shown: string, secret: string): readonly string[] {
  const texts = shown.split('[secret]').flatMap(readings);
  const bare = secret.replace(/\s/g, '');
  return Array.from({ length: bare.length - 7 }, (_, at) => bare.slice(at, at + 8)).filter((piece) =>
    texts.some((text) => text.includes(piece)),
  );
}

describe.each(Object.entries({ TOKEN, QUOTES }))(
  'A15 forms of %s in the output of a program',
  (_name, secret) => {
    test.each(Object.entries(RHYTHMS))(
      '%s',
      async (_rhythm, write) => {
        const rig = await createRig({ KEYTURN_STORE: 'file' });
        await rig.must(['credentials', 'import', 't'], secret);
        writeFileSync(join(rig.home.path, 'bytes.mjs'), BYTES);
        const cases = USABLE.map(
          ([, script], at) => `echo "<<${at}"; OUT=$(${script}); ${write}; echo; echo ">>${at}"`,
        );
        writeFileSync(join(rig.home.path, 'all.sh'), cases.join('\n'));
        const env = { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] };
        const shown = await rig.must(['run', '--mask', '--env', 'T=t', '--', 'bash', './all.sh'], '', env);
        for (const [at, [, script]] of USABLE.entries()) {
          const part = shown.split(`<<${at}\n`)[1]?.split(`\n>>${at}\n`)[0];
          expect({ script, part }).toEqual({ script, part: expect.stringContaining('[secret]') });
          expect({ script, part, leaked: leaked(part ?? '', secret) }).toEqual({ script, part, leaked: [] });
        }
      },
      180_000,
    );
  },
);

describe('A15 a program that writes slowly', () => {
  const SLOW: Readonly<Record<string, string>> = {
    'as it is': 'printf %s "$T"',
    base64: 'printf "u:%s" "$T" | base64 -w 0',
    hex: `printf %s "$T" | node -e 'process.stdin.on("data", (d) => process.stdout.write(d.toString("hex")))'`,
  };

  test.each(Object.entries(SLOW))(
    'one character every 80 ms: %s',
    async (_form, script) => {
      const rig = await createRig({ KEYTURN_STORE: 'file' });
      await rig.must(['credentials', 'import', 't'], 'Tr0ub4d&3x');
      writeFileSync(join(rig.home.path, 'bytes.mjs'), BYTES);
      const run = ['run', '--mask', '--env', 'T=t', '--', 'sh', '-c', `${script} | node ./bytes.mjs 1 80`];
      const shown = await rig.must(run, '', { PATH: process.env['PATH'] });
      expect(shown).toMatch(/^.{0,8}\[secret\]/);
      expect(shown).not.toContain('Tr0u');
    },
    60_000,
  );

  test('the beginning of a secret is replaced where the rest does not come', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    await rig.must(['credentials', 'import', 't'], TOKEN);
    for (const end of ['', '; sleep 1.5; printf %s "$T" | tail -c 1']) {
      const script = `printf %s "$T" | head -c 30${end}`;
      const shown = await rig.must(['run', '--mask', '--env', 'T=t', '--', 'sh', '-c', script]);
      expect(shown).toBe('[secret]');
    }
  }, 60_000);
});
