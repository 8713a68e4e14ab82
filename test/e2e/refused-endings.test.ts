import { expect, test } from 'vitest';
import { createInProcessRig, DEVO } from './rig.ts';

// A rotation is refused the ending of the old token: it stays pending, and the audit log has the refusal.

const VENDORS: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
  ['devo', ['--region', 'us', '--domain', 'acme'], DEVO, 'disable'],
  ['prefactor', [], ['--expires-in', '30d'], 'disable'],
  ['bluebricks', [], [], 'disable'],
];
const FORMS = ['error', 'error-text', 'errors', 'success-false', 'status-code', 'status-error'] as const;

for (const [vendor, login, create, verb] of VENDORS) {
  test.each(FORMS)(`${vendor}: an ending that is refused with %s is logged as failed`, async (endings) => {
    const { run, must, sandbox } = await createInProcessRig({}, undefined, {
      answers: { [vendor]: { endings } },
    });
    const how = ['--with-token', '--store', 'file', '--url', sandbox.origin];
    await must(['login', vendor, ...login, ...how], { stdin: sandbox.login(vendor) });
    await must(['tokens', 'create', '--name', 'ci', ...create, '--save']);
    expect((await run(['tokens', 'rotate', 'ci', '--save', '--yes'])).code).toBe(10);
    const log = async (): Promise<readonly string[]> =>
      JSON.parse(await must(['audit', 'list', '--json'])).records.map(
        ({ action, outcome }: Record<string, string>) => `${action} ${outcome}`,
      );
    expect((await log()).filter((line) => line === `${verb} failed`)).toHaveLength(1);
    expect((await run(['rotations', 'resume', '--yes'])).code).toBe(10);
    expect((await log()).filter((line) => line === `${verb} failed`)).toHaveLength(2);
  });
}
