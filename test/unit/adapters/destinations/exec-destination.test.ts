import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { splitWords } from '../../../../src/adapters/destinations/shell-words.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const secret = Secret.of('tok_0123456789abcdef');

describe('exec destination', () => {
  it('hands over the bytes of the secret on stdin, never in the arguments or the environment', async () => {
    const rig = destinationRig();
    const script = `cat > ${rig.at('got')}; tr '\\0' ' ' < /proc/$$/cmdline > ${rig.at('args')}; env > ${rig.at('env')}`;
    const destination = parseDestination(
      `exec:sh -c "${script.replaceAll('\\', '\\\\').replaceAll('$', '\\$')}"`,
      rig.deps,
    );
    await destination.prove();
    expect(existsSync(rig.at('got'))).toBe(false);
    await destination.deliver(secret);
    expect(readFileSync(rig.at('got'), 'utf8')).toBe('tok_0123456789abcdef');
    expect(readFileSync(rig.at('args'), 'utf8')).not.toContain('tok_');
    expect(readFileSync(rig.at('env'), 'utf8')).not.toMatch(/tok_|KEYTURN|managing/);
    expect(await destination.holds(secret)).toBe(null);
  });

  it('fails when the command fails, and passes its words on without the secret', async () => {
    const rig = destinationRig();
    const destination = parseDestination(`exec:sh -c 'cat >&2; echo; echo bad >&2; exit 3'`, rig.deps);
    await expect(destination.deliver(secret)).rejects.toMatchObject({
      code: 'failure',
      message: 'the command "sh" ended with 3',
    });
    expect(rig.notes.join('\n')).toContain('sh: [secret]bad');
    expect(rig.notes.join('\n')).not.toContain('tok_');
  });

  it('accepts a command that does not read its stdin', async () => {
    await parseDestination('exec:true', destinationRig().deps).deliver(Secret.of('x'.repeat(60_000)));
  });

  it.each([
    ['reads /dev/stdin', 'cat /dev/stdin > got'],
    ['reads /dev/fd/0', 'cat /dev/fd/0 > got'],
    ['writes to /dev/stdout and /dev/stderr', 'cat > got; echo a > /dev/stdout; echo b > /dev/stderr'],
  ])('D2 a command may open its streams by name: %s', async (_, script) => {
    const { at, deps } = destinationRig();
    const inFolder = script.replace('got', at('got'));
    const secret = Secret.of('tok_0123456789');
    await parseDestination(`exec:sh -e -c '${inFolder}'`, deps).deliver(secret);
    expect(readFileSync(at('got'), 'utf8')).toBe('tok_0123456789');
  });

  it('ends a command that hangs', async () => {
    const rig = destinationRig({ commandTimeoutMs: 200 });
    await expect(parseDestination('exec:sleep 20', rig.deps).deliver(secret)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('proves that the command is there, and not from the current folder', async () => {
    const rig = destinationRig();
    writeFileSync(rig.at('tool'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(rig.at('plain'), '', { mode: 0o644 });
    await parseDestination(`exec:${rig.at('tool')}`, rig.deps).prove();
    for (const text of ['exec:no-such-command-here', `exec:${rig.at('plain')}`, 'exec:/nowhere/x']) {
      await expect(parseDestination(text, rig.deps).prove(), text).rejects.toMatchObject({ code: 'usage' });
    }
    const deps = { ...rig.deps, env: { PATH: `:.:${rig.folder.slice(1)}` } };
    await expect(parseDestination('exec:tool', deps).prove()).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('splitWords', () => {
  it('splits as a shell does', () => {
    const texts = [
      'a b  c',
      `'a b' "c d"`,
      `a\\ b`,
      `a'b'"c"d`,
      `''`,
      `"a\\"b" "\\\\" "\\x"`,
      '  x\t y ',
      `a=1 --b=c`,
    ];
    for (const text of texts) {
      const shell = execFileSync('sh', ['-c', `for w in ${text}; do printf '%s\\0' "$w"; done`], {
        encoding: 'utf8',
      });
      expect(splitWords(text), text).toEqual(shell.split('\0').slice(0, -1));
    }
  });

  it('refuses what needs a shell, and what is not closed', () => {
    for (const text of [
      'a | b',
      'a > b',
      'a $HOME',
      'a "$HOME"',
      'a `b`',
      'a; b',
      'a &',
      '~/x',
      'a *',
      `a 'b`,
      'a "b',
      'a \\',
      'a\nb',
    ]) {
      expect(() => splitWords(text), text).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it('gives back any words that are quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const text = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        expect(splitWords(text)).toEqual(words);
      }),
    );
  });
});
