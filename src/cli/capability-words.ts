import { type Capability, capabilitiesOf } from '../core/capabilities.ts';
import type { CapabilityName } from '../domain/capability.ts';
import type { Provider } from '../ports/provider.ts';

const WORDS = { native: 'yes', composed: 'by keyturn', no: '–' } as const;

/** One cell of the table of what each vendor can do. */
export function supportWord({ support, inferred }: Capability): string {
  return inferred ? `${WORDS[support]}, inferred` : WORDS[support];
}

export function supportWordOf(provider: Provider, operation: CapabilityName): string {
  const found = capabilitiesOf(provider).find((each) => each.operation === operation);
  return found ? supportWord(found) : WORDS.no;
}
