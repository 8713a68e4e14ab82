import { describe, expect, it } from 'vitest';
import { maskLines } from '../../../src/cli/services/show-secret.ts';

const GITHUB = { GITHUB_ACTIONS: 'true' };
const AZURE = { TF_BUILD: 'True' };

describe('maskLines', () => {
  it.each([
    ['nowhere', {}, 'tok_1', []],
    ['GITHUB_ACTIONS is not true', { GITHUB_ACTIONS: 'false' }, 'tok_1', []],
    ['one line', GITHUB, 'tok_1', ['::add-mask::tok_1']],
    ['a percent sign', GITHUB, 'a%b%0A', ['::add-mask::a%25b%250A']],
    ['a command inside', GITHUB, '::set-env::x', ['::add-mask::::set-env::x']],
    ['two lines', GITHUB, 'a1\nb2', ['::add-mask::a1', '::add-mask::b2', '::add-mask::a1%0Ab2']],
    [
      'CRLF and an empty line',
      GITHUB,
      'a%\r\n\r\nb',
      ['::add-mask::a%25', '::add-mask::b', '::add-mask::a%25%0D%0A%0D%0Ab'],
    ],
    ['a final newline', GITHUB, 'a1\n', ['::add-mask::a1', '::add-mask::a1%0A']],
    ['Azure', AZURE, 'tok_1', ['##vso[task.setsecret]tok_1']],
    ['Azure, a percent sign', AZURE, 'a%b', ['##vso[task.setsecret]a%AZP25b']],
    [
      'Azure, two lines',
      AZURE,
      'a\nb',
      ['##vso[task.setsecret]a', '##vso[task.setsecret]b', '##vso[task.setsecret]a%0Ab'],
    ],
  ])('%s', (_, env, value, lines) => {
    expect(maskLines(env, value)).toEqual(lines);
  });
});
