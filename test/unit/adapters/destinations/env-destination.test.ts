import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, findAssignments, quote, toBytes } from '../../../../src/adapters/destinations/dotenv.ts';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

describe('assign', () => {
  const cases: readonly [name: string, before: string, after: string][] = [
    ['an empty file', '', 'TOKEN=new\n'],
    ['another variable', 'A=1\n', 'A=1\nTOKEN=new\n'],
    ['no final newline', 'A=1', 'A=1\nTOKEN=new\n'],
    ['in place', 'A=1\nTOKEN=old\nB=2\n', 'A=1\nTOKEN=new\nB=2\n'],
    ['every duplicate', 'TOKEN=a\nX=1\nTOKEN=b', 'TOKEN=new\nX=1\nTOKEN=new'],
    ['export, blanks and a comment', '  export TOKEN = "old" # why\n', '  export TOKEN = new # why\n'],
    ['CRLF', 'A=1\r\nTOKEN=old\r\n', 'A=1\r\nTOKEN=new\r\n'],
    ['CRLF, appended', 'A=1\r\n', 'A=1\r\nTOKEN=new\r\n'],
    ['byte-order mark', '\u00ef\u00bb\u00bfTOKEN=old\n', '\u00ef\u00bb\u00bfTOKEN=new\n'],
    ['commented out', '#TOKEN=old\n# TOKEN=older\n', '#TOKEN=old\n# TOKEN=older\nTOKEN=new\n'],
    ['longer names', 'TOKEN_2=x\nMY_TOKEN=y\n', 'TOKEN_2=x\nMY_TOKEN=y\nTOKEN=new\n'],
    ['several lines', 'TOKEN="a\nb\nc"\nX=1\n', 'TOKEN=new\nX=1\n'],
    ['inside another value', 'X="\nTOKEN=old\n"\n', 'X="\nTOKEN=old\n"\nTOKEN=new\n'],
    ['an open quotation mark', 'TOKEN="old\nX=1\n', 'TOKEN=new\nX=1\n'],
    ['an empty value', 'TOKEN=\nX=1\n', 'TOKEN=new\nX=1\n'],
    ['joined quotes', "TOKEN='a'b\n", 'TOKEN=new\n'],
    ['bytes that are no UTF-8', 'A=\u00ff\u0080\nTOKEN=old\n', 'A=\u00ff\u0080\nTOKEN=new\n'],
  ];
  it.each(cases)('%s', (_name, before, after) => {
    expect(assign(before, 'TOKEN', 'new')).toBe(after);
  });

  it('changes nothing but the value, for any file', () => {
    const line = fc.constantFrom(
      'A=1',
      '',
      '# TOKEN=x',
      'TOKEN=a',
      "export TOKEN='b c'",
      'X="y # z"',
      '  TOKEN = q # c',
    );
    const file = fc
      .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
      .map(([lines, end, last]) => lines.join(end) + (last ? end : ''));
    fc.assert(
      fc.property(file, (before) => {
        const after = assign(before, 'TOKEN', 'new');
        expect(findAssignments(after, 'TOKEN').map((one) => one.value)).toEqual(
          (findAssignments(before, 'TOKEN').length ? findAssignments(before, 'TOKEN') : [0]).map(() => 'new'),
        );
        expect(assign(after, 'TOKEN', 'new')).toBe(after);
        expect(parseEnv(after)['TOKEN']).toBe('new');
      }),
    );
  });
});

describe('quote', () => {
  it('is read back alike by Node and by a shell, or refused', () => {
    const values = [
      'plain',
      'a#b',
      'a b',
      '$HOME',
      "it's",
      'say "x"',
      '`id`',
      '$(id)',
      'a=b',
      'ä→😀',
      '!x',
      'a\\b',
      '~',
      '*',
      ';x',
      '#x',
    ];
    for (const value of values) {
      const text = `T=${Buffer.from(quote(toBytes(value)), 'latin1').toString('utf8')}\n`;
      expect(parseEnv(text), text).toEqual({ T: value });
      const shell = execFileSync('sh', ['-c', 'eval "$(cat)"; printf %s "$T"'], {
        input: text,
        encoding: 'utf8',
      });
      expect(shell, text).toBe(value);
    }
    for (const value of ['a\nb', `'"`, "'$", 'a\\', "\\'", 'a\\\\b', 'nul\0']) {
      expect(() => quote(value), value).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it('is found again as it was written, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        let file: string;
        try {
          file = assign('A=1\n', 'T', value);
        } catch {
          return;
        }
        expect(findAssignments(file, 'T').map((one) => one.value)).toEqual([value]);
        expect(findAssignments(file, 'A').map((one) => one.value)).toEqual(['1']);
      }),
    );
  });
});

describe('env destination', () => {
  const secret = Secret.of('tok_0123456789abcdef');

  it('makes a new file of mode 0600', async () => {
    const rig = destinationRig();
    const destination = parseDestination(`env:${rig.at('.env')}#API_TOKEN`, rig.deps);
    await destination.prove();
    await destination.deliver(secret);
    expect(readFileSync(rig.at('.env'), 'utf8')).toBe('API_TOKEN=tok_0123456789abcdef\n');
    expect(statSync(rig.at('.env')).mode & 0o777).toBe(0o600);
    expect(await destination.holds(secret)).toBe(true);
  });

  it('edits a file, tightens its mode and says so', async () => {
    const rig = destinationRig();
    writeFileSync(rig.at('.env'), '# mine\nAPI_TOKEN=old\nB=2', { mode: 0o644 });
    const destination = parseDestination(`env:${rig.at('.env')}#API_TOKEN`, rig.deps);
    await destination.prove();
    expect(rig.notes).toEqual([`"${rig.at('.env')}" can be read by others: its mode will become 0600`]);
    expect(await destination.holds(secret)).toBe(false);
    await destination.deliver(secret);
    expect(readFileSync(rig.at('.env'), 'utf8')).toBe('# mine\nAPI_TOKEN=tok_0123456789abcdef\nB=2');
    expect(statSync(rig.at('.env')).mode & 0o777).toBe(0o600);
  });

  describe('of a new secret', () => {
    const conflict = { code: 'conflict' };
    const cases: readonly [what: string, before: string, force: boolean, free: boolean][] = [
      ['a variable that is not there', 'B=2\n', false, true],
      ['a variable without a value', 'T=\n', false, true],
      ['another value', 'T=old\n', false, false],
      ['another value, of a duplicate', 'T=\nT=old\n', false, false],
      ['another value, with --force', 'T=old\n', true, true],
    ];
    it.each(cases)('%s', async (_what, before, force, isFree) => {
      const rig = destinationRig({ keepVariables: true, force });
      writeFileSync(rig.at('.env'), before, { mode: 0o600 });
      const destination = parseDestination(`env:${rig.at('.env')}#T`, rig.deps);
      if (isFree) {
        await destination.prove();
        await destination.deliver(secret);
        expect(await destination.holds(secret)).toBe(true);
        return;
      }
      await expect(destination.prove()).rejects.toMatchObject(conflict);
      await expect(destination.deliver(secret)).rejects.toMatchObject(conflict);
      expect(readFileSync(rig.at('.env'), 'utf8')).toBe(before);
    });

    it('the same value again is written again: a delivery that was cut short is finished', async () => {
      const rig = destinationRig({ keepVariables: true });
      writeFileSync(rig.at('.env'), `T=\nT=${secret.reveal()}\n`, { mode: 0o600 });
      await parseDestination(`env:${rig.at('.env')}#T`, rig.deps).deliver(secret);
      expect(await parseDestination(`env:${rig.at('.env')}#T`, rig.deps).holds(secret)).toBe(true);
    });
  });

  it('does not hold the secret while a duplicate differs', async () => {
    const rig = destinationRig();
    writeFileSync(rig.at('.env'), `T=${secret.reveal()}\nT=old\n`, { mode: 0o600 });
    expect(await parseDestination(`env:${rig.at('.env')}#T`, rig.deps).holds(secret)).toBe(false);
  });

  it('refuses links, UTF-16, and names that change how programs run', async () => {
    const rig = destinationRig();
    symlinkSync(rig.at('elsewhere'), rig.at('.env'));
    await expect(parseDestination(`env:${rig.at('.env')}#T`, rig.deps).prove()).rejects.toMatchObject({
      code: 'usage',
    });
    writeFileSync(rig.at('wide'), Buffer.from('\ufeffA=1', 'utf16le'));
    await expect(parseDestination(`env:${rig.at('wide')}#T`, rig.deps).prove()).rejects.toMatchObject({
      code: 'usage',
    });
    for (const name of [
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'PATH',
      'BASH_ENV',
      'GIT_SSH',
      'https_proxy',
      'PYTHONPATH',
      '1A',
      'A-B',
      '',
    ]) {
      expect(() => parseDestination(`env:.env#${name}`, rig.deps), name).toThrow(
        expect.objectContaining({ code: 'usage' }),
      );
    }
  });
});
