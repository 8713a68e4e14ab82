import type { Assumptions } from './assumptions.ts';
import { json } from './message.ts';
import type { PrefactorIds } from './prefactor-ids.ts';
import { Refusal } from './refusal.ts';
import type { SandboxResponse } from './vendor.ts';

/** ASSUMPTION: `summaries`, as in the vendor's CLI; its dashboard takes `details` too. */
export function showAccounts(ids: PrefactorIds, { prefactorAccount }: Assumptions): SandboxResponse {
  const shown = prefactorAccount === 'details' ? { details: account(ids) } : { summaries: [account(ids)] };
  return json(200, { status: 'success', ...shown });
}

export function showAccount(ids: PrefactorIds, id: string): SandboxResponse {
  if (id !== ids.account) throw new Refusal(404, 'not_found', 'Account not found');
  return json(200, { status: 'success', details: account(ids) });
}

function account(ids: PrefactorIds) {
  return { type: 'account', id: ids.account, name: 'Acme' };
}
