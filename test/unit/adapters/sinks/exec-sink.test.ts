import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSink } from '../../../../src/adapters/sinks/parse-sink.ts';
import { splitWords } from '../../../../src/adapters/sinks/shell-words.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { sinkRig } from './sink-rig.ts';

const secret = Secret.of('tok_0123456789abcdef');

describe('exec sink', () => {
  it('hands over the bytes of the secret on stdin, never in the arguments or the environment', async () => {
    const rig = sinkRig();
    const script = `cat > ${rig.at('got')}; tr '\\0' ' ' < /proc/$$/cmdline > ${rig.at('args')}; env > ${rig.at('env')}`;
    const sink = parseSink(
      `exec:sh -c "${script.replaceAll('\\', '\\\\').replaceAll('$', '\\$')}"`,
      rig.deps,
    );
    await sink.prove();
    expect(existsSync(rig.at('got'))).toBe(false);
    await sink.deliver(secret);
    expect(readFileSync(rig.at('got'), 'utf8')).toBe('tok_0123456789abcdef');
    expect(readFileSync(rig.at('args'), 'utf8')).not.toContain('tok_');
    expect(readFileSync(rig.at('env'), 'utf8')).not.toMatch(/tok_|KEYTURN|managing/);
    expect(await sink.holds(secret)).toBe(null);
  });

  it('fails when the command fails, and passes its words on without the secret', async () => {
    const rig = sinkRig();
    const sink = parseSink(`exec:sh -c 'cat >&2; echo; echo bad >&2; exit 3'`, rig.deps);
    await expect(sink.deliver(secret)).rejects.toMatchObject({
      code: 'failure',
      message: 'the command "sh" ended with 3',
    });
    expect(rig.notes.join('\n')).toContain('sh: [secret]bad');
    expect(rig.notes.join('\n')).not.toContain('tok_');
  });

  it('accepts a command that does not read its stdin', async () => {
    await parseSink('exec:true', sinkRig().deps).deliver(Secret.of('x'.repeat(60_000)));
  });

  it.each([
    ['reads /dev/stdin', 'cat /dev/stdin > got'],
    ['reads /dev/fd/0', 'cat /dev/fd/0 > got'],
    ['writes to /dev/stdout and /dev/stderr', 'cat > got; echo a > /dev/stdout; echo b > /dev/stderr'],
  ])('D2 a command may open its streams by name: %s', async (_, script) => {
    const { at, deps } = sinkRig();
    const inFolder = script.replace('got', at('got'));
    const secret = Secret.of('tok_0123456789');
    await parseSink(`exec:sh -e -c '${inFolder}'`, deps).deliver(secret);
    expect(readFileSync(at('got'), 'utf8')).toBe('tok_0123456789');
  });

  it('ends a command that hangs', async () => {
    const rig = sinkRig({ commandTimeoutMs: 200 });
    await expect(parseSink('exec:sleep 20', rig.deps).deliver(secret)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('proves that the command is there, and not from the current folder', async () => {
    const rig = sinkRig();
    writeFileSync(rig.at('tool'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(rig.at('plain'), '', { mode: 0o644 });
    await parseSink(`exec:${rig.at('tool')}`, rig.deps).prove();
    for (const text of ['exec:no-such-command-here', `exec:${rig.at('plain')}`, 'exec:/nowhere/x']) {
      await expect(parseSink(text, rig.deps).prove(), text).rejects.toMatchObject({ code: 'usage' });
    }
    const deps = { ...rig.deps, env: { PATH: `:.:${rig.folder.slice(1)}` } };
    await expect(parseSink('exec:tool', deps).prove()).rejects.toMatchObject({ code: 'usage' });
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
