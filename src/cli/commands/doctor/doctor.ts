import type { Command } from '../../arguments/command.ts';
import { doctorDocument } from '../../documents/doctor.ts';

export const command: Command = {
  // In unsafe surroundings it reports them and opens no secret.
  needsNoSecret: true,
  options: [{ flags: '--offline', about: 'ask no provider' }],
  details: 'Exits 1 when a check is wrong. Warnings alone exit 0.',
  async run(app, input) {
    const { examine } = await import('./examine.ts');
    const findings = await examine(app, { offline: input.flag('offline') });
    const wrong = findings.some((finding) => finding.result === 'wrong');
    return {
      ...doctorDocument(findings),
      exit: () => (wrong ? 'failure' : undefined),
    };
  },
};
