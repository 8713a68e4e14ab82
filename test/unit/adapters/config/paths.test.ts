import { describe, expect, test } from 'vitest';
import { resolvePaths } from '../../../../src/adapters/config/paths.ts';
import { AppError } from '../../../../src/domain/errors.ts';

describe('paths', () => {
  test('are under the home folder without any variable', () => {
    expect(resolvePaths({}, 'linux', '/home/ann')).toEqual({
      configDir: '/home/ann/.config/keyturn',
      configFile: '/home/ann/.config/keyturn/config.yaml',
      credentialsFile: '/home/ann/.config/keyturn/credentials.yaml',
      state: '/home/ann/.local/state/keyturn',
      cache: '/home/ann/.cache/keyturn',
    });
  });

  test('follow the XDG variables, and keyturn’s own before them', () => {
    const xdg = { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/k' };
    expect(resolvePaths(xdg, 'linux', undefined)).toMatchObject({
      configDir: '/c/keyturn',
      state: '/s/keyturn',
      cache: '/k/keyturn',
    });
    const own = { ...xdg, KEYTURN_CONFIG_DIR: '/own', KEYTURN_STATE_DIR: '/state' };
    expect(resolvePaths(own, 'linux', undefined)).toMatchObject({ configDir: '/own', state: '/state' });
  });

  test('ignore relative and empty values', () => {
    const env = { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '', XDG_CACHE_HOME: './k', KEYTURN_CONFIG_DIR: '' };
    expect(resolvePaths(env, 'linux', '/h')).toEqual(resolvePaths({}, 'linux', '/h'));
  });

  test('are in AppData on Windows, and nowhere else', () => {
    const env = { AppData: 'C:\\Users\\ann\\AppData\\Roaming' };
    const windows = resolvePaths(env, 'win32', 'C:\\Users\\ann');
    expect(windows.credentialsFile).toBe('C:\\Users\\ann\\AppData\\Roaming\\keyturn\\credentials.yaml');
    expect(windows.state).toBe('C:\\Users\\ann\\.local\\state\\keyturn');
    expect(resolvePaths({ AppData: '/app' }, 'linux', '/h').configDir).toBe('/h/.config/keyturn');
  });

  test.each([undefined, '', 'relative', '.'])('a home of %j is an error that says what to set', (home) => {
    const operation = () => resolvePaths({}, 'linux', home);
    expect(operation).toThrow(AppError);
    try {
      operation();
    } catch (error) {
      expect(error).toMatchObject({
        facts: { code: 'usage', hint: expect.stringContaining('KEYTURN_CONFIG_DIR') },
      });
    }
    const enough = { KEYTURN_CONFIG_DIR: '/c', KEYTURN_STATE_DIR: '/s', XDG_CACHE_HOME: '/k' };
    expect(resolvePaths(enough, 'linux', home).configDir).toBe('/c');
  });

  test('keyturn’s own folder must be absolute', () => {
    expect(() => resolvePaths({ KEYTURN_CONFIG_DIR: 'here' }, 'linux', '/h')).toThrow('KEYTURN_CONFIG_DIR');
  });
});
