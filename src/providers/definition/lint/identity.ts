import { isMachineAddress } from '../../../domain/machine-address.ts';
import type { Definition } from '../provider-table.ts';
import type { LintContext, Problem } from './problem.ts';

const SETTING = /<setting\.([a-z][a-z0-9-]*)>/g;

/** Who the definition says it is, and where it sends the credential. */
export function findIdentityProblems(definition: Definition, context: LintContext): readonly Problem[] {
  const { id, hooks, title } = definition;
  const problems: Problem[] = [];
  if (!context.isShipped && context.shippedIds.has(id))
    problems.push({ place: ['id'], says: `takes the id "${id}" of a provider that comes with keyturn` });
  if (!context.isShipped && hooks !== undefined)
    problems.push({
      place: ['hooks'],
      says: 'names code of keyturn’s own, which only a shipped definition may do',
    });
  if (/[^\p{Script=Latin}\p{Script=Common}]/u.test(title))
    problems.push({ place: ['title'], says: 'has letters in the title that may look like others' });
  return [...problems, ...findOriginProblems(definition)];
}

function findOriginProblems({ origin, settings = {} }: Definition): readonly Problem[] {
  const bad = (says: string): Problem => ({ place: ['origin'], says });
  if (origin === 'ask') return [];
  for (const [, name = ''] of origin.matchAll(SETTING)) {
    if (!Object.hasOwn(settings, name))
      return [bad(`names the setting "${name}" in the origin, and has none`)];
    if (settings[name]?.choices === undefined)
      return [bad(`lets the setting "${name}" choose the host: give it "choices"`)];
  }
  const host = origin.replace('https://', '').replace(/:\d+$/, '').replace(SETTING, '<');
  const labels = host.split('.');
  const [domain = '', top = ''] = labels.slice(-2);
  if (domain.includes('<') || top.includes('<'))
    return [bad('lets a setting choose the domain; only a name before it may be chosen')];
  if (labels.length < 2 || !/^[a-z]{2,24}$/.test(top) || labels.some((label) => label === ''))
    return [bad('has an origin that is no host on the internet')];
  const local = ['local', 'localhost', 'internal', 'lan', 'home', 'arpa', 'onion'];
  if (local.includes(top) || isMachineAddress(host))
    return [bad('has an origin that is a machine of the network, not a vendor')];
  return [];
}
