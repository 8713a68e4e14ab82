import { AppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Identity } from '../../../domain/token.ts';
import { checkCredential, loginCommand } from '../../create-command.ts';
import { askDocumented, isListMissing, probe, unprovedNote } from '../../inferred-lists.ts';
import type { WholeOrNot } from '../../listing.ts';
import { type Baseline, readBaseline } from '../baseline.ts';
import { listItems } from '../calls.ts';
import type { OperationDeps } from '../deps.ts';
import type { Operation } from '../operation.ts';
import { type Item, isToken } from '../records.ts';
import { endLateCreates } from '../recovery/late-creates.ts';

/** Longer than a rotation takes with every wait that it may need. */
const ENOUGH_MS = 3 * 60_000;

/** Proves everything that can be proven before the request: destinations, the managing credential, the list as it is. */
export async function preflight(operation: Operation): Promise<Baseline> {
  const recorded = await operation.journal.step<Json>('preflight', async () => {
    await proveDestinations(operation);
    const manager = await proveManager(operation);
    const listed = await listNow(operation);
    const list = listed === 'missing' ? null : listed;
    if (list) await endLateCreates(operation, list.items.filter(isToken));
    if (list) checkAgainst(operation, list);
    return {
      account: manager === 'unproved' ? null : (manager?.account ?? null),
      before: list && isBaseline(operation, list) ? list.items.map((item) => item.id) : null,
      isUnreadable: manager === 'unproved' || (manager === null && listed === 'missing'),
    };
  });
  return readBaseline(recorded);
}

async function proveDestinations({ deps, plan, delivery }: Operation): Promise<void> {
  if (plan.entry) await deps.store.prove();
  for (const sink of delivery?.sinks ?? []) await sink.prove();
}

/** Null for a browser session, which may create tokens and nothing else. */
async function proveManager({ deps }: Operation): Promise<Identity | 'unproved' | null> {
  const { client } = deps;
  const { auth, provider } = client.connection;
  if (auth.id !== provider.auth[0].id) return null;
  refuseShortSession(deps);
  const probed = await probe(client);
  if (probed.kind === 'proved') return probed.identity;
  deps.note(unprovedNote(provider, probed.why));
  return 'unproved';
}

/** A session that ends half-way leaves the old one to be ended after another login. */
function refuseShortSession({ client, clock }: OperationDeps): void {
  const { provider, secret } = client.connection;
  const { expiresAt } = checkCredential(client.connection, secret, clock.now());
  if (expiresAt === null || Date.parse(expiresAt) - clock.now() > ENOUGH_MS) return;
  throw new AppError({
    code: 'auth',
    message: `the credential of ${provider.title} ends at ${expiresAt}, which may be too soon`,
    hint: `log in again with \`${loginCommand(client.connection)}\``,
    provider: provider.id,
  });
}

/** Null where nothing is compared with a list; `missing` where the provider's list is inferred and not there. */
async function listNow({ deps, plan }: Operation): Promise<WholeOrNot<Item> | 'missing' | null> {
  const { client } = deps;
  if (plan.way === 'in-place') return null;
  try {
    const list = await listItems(client, plan);
    // The managing credential is a token: a list without any is no list.
    const isHollow = plan.thing === 'token' && list?.items.length === 0;
    return isHollow && client.connection.provider.facts.lists === 'inferred' ? 'missing' : list;
  } catch (error) {
    if (!isListMissing(client.connection.provider, error)) throw error;
    // A provider that answers nothing at all is no reason to send what cannot be repeated.
    if (error.facts.unanswered) await askDocumented(client);
    return 'missing';
  }
}

/**
 * Whether the list tells what was there before. One that is not whole does so only where a name that nothing else can
 * carry marks what this operation makes: any other record could appear later and be taken for it.
 */
function isBaseline({ deps, plan }: Operation, { whole }: WholeOrNot<Item>): boolean {
  return whole || (plan.marked && deps.client.connection.provider.facts.names !== 'none');
}

function checkAgainst({ deps, plan }: Operation, { items, whole }: WholeOrNot<Item>): void {
  const { facts, title } = deps.client.connection.provider;
  if (whole && plan.target && !items.some((item) => item.id === plan.target?.id)) {
    throw new AppError({
      code: 'not-found',
      message: `the token "${plan.target.id}" is no longer there`,
      hint: 'see `keyturn tokens list`',
    });
  }
  if (plan.spec && facts.names === 'unique' && items.some((item) => item.name === plan.spec?.name)) {
    throw new AppError({
      code: 'conflict',
      message: `the name "${plan.spec?.name ?? ''}" is taken, and ${title} never frees a name`,
      hint: 'choose another `--name`',
    });
  }
}
