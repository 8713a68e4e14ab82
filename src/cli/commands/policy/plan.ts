import { planPolicy } from '../../../core/policy/plan-policy.ts';
import type { Command } from '../../arguments/command.ts';
import { loadTargets } from '../../services/policy-targets.ts';
import { policyPlanReport } from './policy-reports.ts';

export const command: Command = {
  arguments: [{ name: '<file>', about: 'a policy (YAML)' }],
  options: [{ flags: '--exit-code', about: 'exit 10 when there is something to change' }],
  details:
    'A line for each token: nothing, create, rotate, deliver, resume (an unfinished operation), wait (for the end of the replaced token’s grace period) or blocked, and why. Only reads are sent.',
  examples: ['keyturn plan policy.yaml', 'keyturn plan policy.yaml --exit-code --json'],
  async run(app, input) {
    const targets = await loadTargets(app, input.argument(0));
    return policyPlanReport(await planPolicy(targets), input.flag('exit-code'));
  },
};
