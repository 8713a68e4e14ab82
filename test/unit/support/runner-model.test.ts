import { describe, expect, it } from 'vitest';
import { findCommand } from '../../support/runner-check.ts';
import {
  parseBrackets,
  parseColons,
  parseVso,
  readLine,
  startActionsJob,
} from '../../support/runner-model.ts';

// As in the runner's own tests (LoggingCommandL0): what it reads, and what it leaves.
describe('the model of GitHub’s runner reads', () => {
  it.each([
    ['::do-something k1=v1::msg', 'do-something', { k1: 'v1' }, 'msg'],
    ['::do-something::', 'do-something', {}, ''],
    ['::do-something k1=%3A%2C%0A,::%0D%0A%25', 'do-something', { k1: ':,\n' }, '\r\n%'],
    ['  ::do-something k1=v1::', 'do-something', { k1: 'v1' }, ''],
    ['\u3000\u00a0\t::do-something::x', 'do-something', {}, 'x'],
    ['::do-something a=1,b=2::x::y', 'do-something', { a: '1', b: '2' }, 'x::y'],
    [':\u00ad:do-something::x', 'do-something', {}, 'x'],
  ])('%j', (line, name, properties, data) => {
    const command = parseColons(line);
    expect(command).toMatchObject({ name, data });
    expect(Object.fromEntries(command?.properties ?? [])).toEqual(properties);
  });

  it.each([
    ['##[do-something k1=v1;]msg', 'do-something', { k1: 'v1' }, 'msg'],
    ['any text ##[do-something]', 'do-something', {}, ''],
    ['##[do-something k1=%3B%5D;k2=x]%5D%25', 'do-something', { k1: ';]', k2: 'x' }, ']%'],
    ['a #\u200d#\ufe0f[do-something]x', 'do-something', {}, 'x'],
  ])('%j', (line, name, properties, data) => {
    const command = parseBrackets(line);
    expect(command).toMatchObject({ name, data });
    expect(Object.fromEntries(command?.properties ?? [])).toEqual(properties);
  });

  it.each(['', 'x::do::y', '::do', ':: ', '##[do', '# #[do]', '##\\x5bdo]', '\\x3a:do::x', '"::do::"'])(
    'nothing in %j',
    (line) => expect(readLine(line)).toEqual([]),
  );

  it('only registered names, in any case, where it runs a job', () => {
    const job = startActionsJob();
    job.take('::unknown::x\n::ADD-MASK::s3cret\n##[Set-Output name=a]b\nlog s3cret\n');
    expect(job.masks).toEqual(['s3cret']);
    expect(job.outputs.get('a')).toBe('b');
    expect(job.log()).toBe('::unknown::x\nlog ***\n');
  });

  it('A3 that commands were stopped: a mask line is not obeyed then, and is printed', () => {
    const job = startActionsJob();
    job.take('report ##[stop-commands]q7Zk2\n::add-mask::s3cret\n');
    expect([job.stopped, job.masks, job.log()]).toEqual([true, [], '::add-mask::s3cret\n']);
    job.take('::Q7zk2::\n::add-mask::s3cret\n');
    expect([job.stopped, job.masks]).toEqual([false, ['s3cret']]);
  });
});

describe('the models of the other runners read', () => {
  it.each([
    ['a ##vso[task.prependpath]/tmp/evil', 'azure', 'task.prependpath'],
    ['##VSO[task.setvariable variable=a;]b', 'azure', 'task.setvariable'],
    ['##teamcity[buildStatus text="x"]', 'teamcity', 'buildStatus'],
    ['section_start:1700000000:x', 'gitlab', 'section_start'],
    ['travis_fold:start:x', 'travis', 'travis_fold'],
    ['--- x', 'buildkite', '---'],
    ['^^^ +++', 'buildkite', '^^^'],
  ])('%j', (line, runner, name) => {
    expect(readLine(line)).toMatchObject([{ runner, name }]);
  });

  it.each(['##vso[task]x', '##vso[a.b.c]', '##vso task.x]', '##vso\\x5btask.x]'])(
    'nothing of Azure’s in %j',
    (line) => {
      expect(parseVso(line)).toBeNull();
    },
  );
});

describe('the check of an output', () => {
  const env = { GITHUB_ACTIONS: 'true' };

  it('lets keyturn’s own mask lines through, on stderr, in GitHub’s runner', () => {
    expect(findCommand({ stdout: 'x\n', stderr: '::add-mask::x\n', env })).toBeNull();
    expect(findCommand({ stdout: '', stderr: '::add-mask::x\n', env: {} })).not.toBeNull();
    expect(findCommand({ stdout: '::add-mask::x\n', stderr: '', env })).not.toBeNull();
  });

  it('finds every other command, and a mask line that comes too late', () => {
    expect(findCommand({ stdout: 'a ##[group]', stderr: '', env })).toBe('github would obey "group"');
    expect(findCommand({ stdout: '', stderr: '::stop-commands::x\n::add-mask::x\n', env })).not.toBeNull();
  });
});
