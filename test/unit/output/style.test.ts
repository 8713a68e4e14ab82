import { describe, expect, it } from 'vitest';
import { wantsColour } from '../../../src/output/colour.ts';
import { createStyle } from '../../../src/output/style.ts';

describe('wantsColour', () => {
  const terminal = { isTerminal: true, columns: 80 };
  const pipe = { isTerminal: false, columns: 80 };

  it.each([
    ['a terminal', terminal, false, {}, true],
    ['a terminal of some kind', terminal, false, { TERM: 'xterm-256color' }, true],
    ['no terminal', pipe, false, {}, false],
    ['no terminal, though forced', pipe, false, { FORCE_COLOR: '1', CLICOLOR_FORCE: '1' }, false],
    ['NO_COLOR', terminal, false, { NO_COLOR: '1' }, false],
    ['NO_COLOR of zero', terminal, false, { NO_COLOR: '0' }, false],
    ['NO_COLOR that is empty', terminal, false, { NO_COLOR: '' }, true],
    ['a dumb terminal', terminal, false, { TERM: 'dumb' }, false],
    ['--no-color', terminal, true, {}, false],
    ['--no-color, though forced', terminal, true, { FORCE_COLOR: '3' }, false],
  ])('%s', (_, stream, noColor, env, wanted) => {
    expect(wantsColour(stream, { noColor, env })).toBe(wanted);
  });
});

it('a style follows what was decided, not the environment of the process', () => {
  // The tests run with NO_COLOR=1.
  expect(createStyle(true).red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(createStyle(false).red('x')).toBe('x');
});
