import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeliveryContext, parseDelivery } from '../../../src/cli/arguments/delivery.ts';
import { ClosedPipe } from '../../../src/cli/runtime.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { fakeApp, type World } from './support.ts';

const SECRET = Secret.of('kt_canary_0123456789');
const ITEM = { kind: 'token', id: 'mt_1', name: 'ci' } as const;
const FILE_STORE = { env: { KEYTURN_STORE: 'file' } };

function rig(
  options: Readonly<Record<string, unknown>> = {},
  world: World = {},
  context: Partial<DeliveryContext> = {},
) {
  const made = fakeApp(world, options);
  const parse = () =>
    parseDelivery(made.app, made.input, {
      defaultName: 'ci',
      document: (item, secret) => ({
        shape: 'one',
        schema: 'keyturn.token/1',
        data: { provider: 'fake', token: { id: item.id }, tokenSecret: secret },
      }),
      ...context,
    });
  return { ...made, parse };
}

const usage = { code: 'usage' };

describe('nothing chosen', () => {
  it('off a terminal is refused', async () => {
    await expect(rig().parse()).rejects.toMatchObject(usage);
  });

  it('on a terminal is printed once, under a warning', async () => {
    const { parse, log } = rig({}, { terminal: true });
    const delivery = await parse();
    expect(delivery).toMatchObject({ saveAs: null, destinations: [] });
    expect(delivery.wasPrinted()).toBe(false);
    await delivery.print?.(SECRET, ITEM);
    expect(delivery.wasPrinted()).toBe(true);
    expect(log).toEqual([
      'stderr: This is the secret. Save it now: it is not shown again.\n',
      'stdout: kt_canary_0123456789\n',
    ]);
  });

  it('but kept already stays kept', async () => {
    const delivery = await rig({}, FILE_STORE, { keptAs: 'CI-Prod' }).parse();
    expect(delivery).toMatchObject({ saveAs: 'CI-Prod', destinations: [], print: null });
  });
});

describe('--print', () => {
  it('off a terminal is the secret and one newline, nothing else', async () => {
    const { parse, log } = rig({ print: true });
    await (await parse()).print?.(SECRET, ITEM);
    expect(log).toEqual(['stdout: kt_canary_0123456789\n']);
  });

  it.each(['json', 'ndjson'])('as %s is in a document', async (output) => {
    const { parse, stdout } = rig({ print: true, output });
    await (await parse()).print?.(SECRET, ITEM);
    expect(JSON.parse(stdout.text)).toEqual({
      schema: 'keyturn.token/1',
      provider: 'fake',
      token: { id: 'mt_1' },
      tokenSecret: 'kt_canary_0123456789',
    });
  });

  it('in GitHub Actions is masked in the log before it is written', async () => {
    const { parse, log } = rig({ print: true }, { env: { GITHUB_ACTIONS: 'true' } });
    await (await parse()).print?.(Secret.of('100%\r\nx'), ITEM);
    expect(log).toEqual([
      'stderr: ::add-mask::100%25\n',
      'stderr: ::add-mask::x\n',
      'stderr: ::add-mask::100%25%0D%0Ax\n',
      'stderr: ::add-mask::100%25\\r\\nx\n',
      'stdout: 100%\r\nx\n',
    ]);
  });

  it('to a reader that went away is a delivery that failed', async () => {
    const { parse, stdout } = rig({ print: true });
    const delivery = await parse();
    stdout.broken = new ClosedPipe();
    await expect(delivery.print?.(SECRET, ITEM)).rejects.toMatchObject({ code: 'failure' });
    expect(delivery.wasPrinted()).toBe(false);
  });

  it('is added to other places', async () => {
    const { parse } = rig({ print: true, save: true }, FILE_STORE);
    const delivery = await parse();
    expect(delivery.saveAs).toBe('ci');
    expect(delivery.print).not.toBeNull();
  });
});

describe('--save', () => {
  it.each<[string, unknown, Partial<DeliveryContext>, string]>([
    ['takes the name that is given', 'Deploy.Key', {}, 'Deploy.Key'],
    ['takes the token’s name, made plain', true, { defaultName: 'CI deploy token' }, 'ci-deploy-token'],
    ['has a name even for what has none', true, { defaultName: null }, 'token'],
    ['keeps the entry that there is, as it is written', true, { keptAs: 'CI-Prod' }, 'CI-Prod'],
    ['may choose another name than the entry has', 'other', { keptAs: 'ci' }, 'other'],
  ])('%s', async (_, save, context, name) => {
    expect((await rig({ save }, FILE_STORE, context).parse()).saveAs).toBe(name);
  });

  it.each(['../x', 'a b', '', '-'])('refuses the name %j', async (save) => {
    await expect(rig({ save }, FILE_STORE).parse()).rejects.toMatchObject(usage);
  });

  it('does not replace another entry, forced or not', async () => {
    const taken = async (
      options: Readonly<Record<string, unknown>>,
      context: Partial<DeliveryContext> = {},
    ) => {
      const { app, parse } = rig(options, FILE_STORE, context);
      const facts = {
        kind: 'token',
        provider: null,
        origin: null,
        settings: null,
        project: null,
        id: null,
      } as const;
      const store = await app.store();
      await store.save({ ...facts, name: 'ci', scopes: null, createdAt: null, expiresAt: null }, SECRET);
      return parse();
    };
    await expect(taken({ save: true })).rejects.toMatchObject({ code: 'conflict' });
    await expect(taken({ save: 'ci' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(taken({ save: 'ci', force: true })).rejects.toMatchObject({ code: 'conflict' });
    expect((await taken({ save: 'ci' }, { keptAs: 'ci' })).saveAs).toBe('ci');
    expect((await taken({}, { keptAs: 'ci' })).saveAs).toBe('ci');
  });
});

describe('--to', () => {
  it('opens each destination once, its path made absolute', async () => {
    const { parse, home } = rig({ to: ['file:token', 'env:.env#TOKEN', 'file:token'] });
    const { destinations, print, saveAs } = await parse();
    expect(destinations.map(({ label }) => label)).toEqual([`file:${home}/token`, `env:${home}/.env#TOKEN`]);
    expect([print, saveAs]).toEqual([null, null]);
    for (const destination of destinations) {
      await destination.prove();
      await destination.deliver(SECRET);
    }
    expect(readFileSync(join(home, 'token'), 'utf8')).toContain('kt_canary_0123456789');
    expect(readFileSync(join(home, '.env'), 'utf8')).toContain('TOKEN=');
    expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600);
  });

  it('replaces a file only when it is forced', async () => {
    for (const force of [false, true]) {
      const { parse, home } = rig({ to: 'file:token', force });
      writeFileSync(join(home, 'token'), 'before', { mode: 0o600 });
      const [destination] = (await parse()).destinations;
      const work = (async () => {
        await destination?.prove();
        await destination?.deliver(SECRET);
      })();
      if (force) await work;
      else await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/usage|conflict/) });
      expect(readFileSync(join(home, 'token'), 'utf8').includes('before')).toBe(!force);
    }
  });

  it.each([
    '',
    'kt_canary',
    'file:',
    'env:.env',
    'env:.env#PATH',
    'ftp://x',
    'github-output:',
    'exec:',
    'file',
  ])('%j is refused before anything is written', async (to) => {
    const { parse, home } = rig({ to });
    const work = (async () => {
      for (const destination of (await parse()).destinations) await destination.prove();
    })();
    await expect(work).rejects.toMatchObject(usage);
    expect(existsSync(join(home, '.env'))).toBe(false);
  });
});
