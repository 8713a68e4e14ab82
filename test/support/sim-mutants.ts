import type { Journal, JournalHost } from '../../src/ports/journal.ts';
import type { HttpRequest } from '../../src/ports/request.ts';
import type { Reply, Transport } from '../../src/ports/transport.ts';
import type { ProviderId } from '../../src/sandbox/vendor.ts';
import type { Mutation } from './sim-machine.ts';

/** Wraps every journal that a host hands out. */
function withJournal(wrap: (journal: Journal) => Journal): (host: JournalHost) => JournalHost {
  return (host) => ({
    prove: () => host.prove(),
    read: (id) => host.read(id),
    isRunning: (id) => host.isRunning(id),
    whyUnreadable: (id) => host.whyUnreadable(id),
    setAside: (id) => host.setAside(id),
    whileNoneBegins: (work) => host.whileNoneBegins(work),
    list: () => host.list(),
    begin: (header, work) => host.begin(header, (journal) => work(wrap(journal))),
    resume: (id, work) => host.resume(id, (journal) => work(wrap(journal))),
  });
}

/** A journal is a class or a closure: a wrapper passes on what it does not change. */
function passOn(journal: Journal): Journal {
  return {
    header: journal.header,
    step: (name, work, options) => journal.step(name, work, options),
    settle: () => journal.settle(),
    once: (name, send, ifInterrupted) => journal.once(name, send, ifInterrupted),
    has: (name) => journal.has(name),
    result: (name) => journal.result(name),
    captured: (name) => journal.captured(name),
    stash: (secret) => journal.stash(secret),
    stashed: () => journal.stashed(),
    end: (state, reason) => journal.end(state, reason),
  };
}

const noIntent: Mutation = {
  name: 'no intent: the issuing request is recorded only once it is over',
  host: withJournal((journal) => ({
    ...passOn(journal),
    once: (name, send) =>
      journal.step(name, () => send({ head: async () => {}, chunk: async () => {}, whole: async () => {} })),
  })),
};

const storeBeforeCapture: Mutation = {
  name: 'store before capture: the answer is not sealed as it arrives',
  host: withJournal((journal) => ({
    ...passOn(journal),
    once: (name, send, ifInterrupted) =>
      journal.once(
        name,
        () => send({ head: async () => {}, chunk: async () => {}, whole: async () => {} }),
        ifInterrupted,
      ),
  })),
};

const skipVerify: Mutation = {
  name: 'skip verify: the new secret is not tried',
  host: withJournal((journal) => ({
    ...passOn(journal),
    step: (name, work) =>
      name === 'verify' ? journal.step(name, async () => JSON.parse('"accepted"')) : journal.step(name, work),
  })),
};

const lateSwitch: Mutation = {
  name: 'late switch: the old one ends before the new one is current',
  host: withJournal((journal) => {
    let later: (() => Promise<unknown>) | null = null;
    return {
      ...passOn(journal),
      step: async (name, work) => {
        if (name === 'switch') {
          later = work;
          return journal.step(name, async () => JSON.parse('{}'));
        }
        if (name === 'drop old') await later?.();
        return journal.step(name, work);
      },
    };
  }),
};

const noOrphanRevoke: Mutation = {
  name: 'no orphan revoke: what a lost answer made is left alone',
  host: withJournal((journal) => ({
    ...passOn(journal),
    step: (name, work) =>
      name === 'reconcile'
        ? journal.step(name, async () => JSON.parse('{"adopted":null}'))
        : journal.step(name, work),
  })),
};

const matchAnythingNew: Mutation = {
  name: 'match anything new: whatever appeared is taken for ours',
  provider: (provider) => {
    const { marking } = provider.tokens;
    if (!marking) return provider;
    return { ...provider, tokens: { ...provider.tokens, marking: { ...marking, isMarked: () => true } } };
  },
};

/** The second of two lists with nothing but waiting in between tells what the first told. */
const singleList: Mutation = {
  name: 'single list: one clean list is believed',
  transport: (transport) => {
    const seen = new Map<string, Reply>();
    const keyOf = (request: HttpRequest): string => JSON.stringify([request.path, request.query ?? {}]);
    return {
      ...passTransport(transport),
      call: async (endpoint, request) => {
        if (request.method !== 'GET') seen.clear();
        const known = seen.get(keyOf(request));
        if (known) return known;
        const reply = await transport.call(endpoint, request);
        if (request.method === 'GET') seen.set(keyOf(request), reply);
        return reply;
      },
      sendOnce: (endpoint, request, capture) => {
        seen.clear();
        return transport.sendOnce(endpoint, request, capture);
      },
    };
  },
};

const retryTheRequest: Mutation = {
  name: 'retry the issuing request: an ambiguous answer is simply asked for again',
  transport: (transport) => ({
    ...passTransport(transport),
    sendOnce: async (endpoint, request, capture) => {
      const outcome = await transport.sendOnce(endpoint, request, capture);
      return outcome.kind === 'ambiguous' ? transport.sendOnce(endpoint, request, capture) : outcome;
    },
  }),
};

/** After an ending that was answered with a success, whoever looks is told that it took effect. */
const believeSilence: Mutation = {
  name: 'believe a silent ending: an answer of 2xx is proof enough',
  transport: (transport) => {
    const ended = new Set<string>();
    const idOf = (path: string): string =>
      path
        .replace(/\/(disable|suspend|revoke)$/, '')
        .split('/')
        .at(-1) ?? '';
    return {
      ...passTransport(transport),
      call: async (endpoint, request) => {
        if (request.method === 'GET' && ended.has(idOf(request.path))) {
          return { status: 404, header: () => null, body: new TextEncoder().encode('{}') };
        }
        const reply = await transport.call(endpoint, request);
        const isEnding = request.method !== 'GET' && !/\/(enable|activate)$/.test(request.path);
        if (isEnding && reply.status < 300) ended.add(idOf(request.path));
        return reply;
      },
    };
  },
};

/** A whole answer that cannot be read looks like one that was lost. */
const repeatAfterAnswer: Mutation = {
  name: 'repeat after a whole answer: what cannot be read is asked for again',
  transport: (transport) => ({
    ...passTransport(transport),
    sendOnce: async (endpoint, request, capture) => {
      const outcome = await transport.sendOnce(endpoint, request, capture);
      const isUnread =
        outcome.kind === 'answered' && new TextDecoder().decode(outcome.reply.body).includes('"zz');
      return isUnread ? transport.sendOnce(endpoint, request, capture) : outcome;
    },
  }),
};

/** The paging of a list is not read: whatever came is all there is. */
const believeCutList: Mutation = {
  name: 'believe a cut list: what it does not show was not made',
  transport: (transport) => ({
    ...passTransport(transport),
    call: async (endpoint, request) => {
      const reply = await transport.call(endpoint, request);
      return { ...reply, header: (name) => (name === 'x-total-count' ? null : reply.header(name)) };
    },
  }),
};

/** What cannot be read is treated as if it had not arrived. */
const loseUnread: Mutation = {
  name: 'lose an unread answer: what it made is ended',
  host: withJournal((journal) => ({
    ...passOn(journal),
    step: (name, work, options) =>
      journal.step(
        name,
        async () => {
          const result = await work();
          const isUnread = name.startsWith('read answer') && JSON.stringify(result).includes('"none"');
          return isUnread ? JSON.parse('{"kind":"none","id":null,"why":"the answer was lost"}') : result;
        },
        options,
      ),
  })),
};

const forgetStrays: Mutation = {
  name: 'no watch list: an issuing request that two lists did not show is forgotten',
  host: (host) => ({
    prove: () => host.prove(),
    read: (id) => host.read(id),
    whileNoneBegins: (work) => host.whileNoneBegins(work),
    isRunning: (id) => host.isRunning(id),
    whyUnreadable: (id) => host.whyUnreadable(id),
    setAside: (id) => host.setAside(id),
    begin: (header, work) => host.begin(header, work),
    resume: (id, work) => host.resume(id, work),
    list: async (choice) => {
      const list = await host.list(choice);
      return typeof choice?.only === 'object' ? { ...list, operations: [] } : list;
    },
  }),
};

function passTransport(transport: Transport): Transport {
  return {
    call: (endpoint, request) => transport.call(endpoint, request),
    sendOnce: (endpoint, request, capture) => transport.sendOnce(endpoint, request, capture),
    close: () => transport.close(),
  };
}

/** A mutant, where it shows, and the promise that it breaks there. */
export interface Mutant {
  readonly mutation: Mutation;
  readonly provider: ProviderId;
  readonly breaks: RegExp;
}

/** Each is a way to write this wrong that looks right. */
export const MUTANTS: readonly Mutant[] = [
  { mutation: noIntent, provider: 'bluebricks', breaks: /^P2: 1 orphans after aborted/ },
  {
    mutation: storeBeforeCapture,
    provider: 'bluebricks',
    breaks: /^(the answer was captured|P2: the token of an unread answer)/,
  },
  { mutation: skipVerify, provider: 'prefactor', breaks: /^P3: .* before the new one was tried/ },
  // `retire` looks at the store itself before it ends anything: a late switch now ends in attention instead of breaking P3.
  {
    mutation: lateSwitch,
    provider: 'devo',
    breaks: /^(P3: .* before the new one is current|the answer was captured)/,
  },
  { mutation: noOrphanRevoke, provider: 'bluebricks', breaks: /^P2: 1 orphans after aborted/ },
  { mutation: matchAnythingNew, provider: 'devo', breaks: /^P4: / },
  { mutation: singleList, provider: 'devo', breaks: /^P2: 1 orphans after aborted/ },
  { mutation: retryTheRequest, provider: 'devo', breaks: /^P5: / },
  {
    mutation: believeSilence,
    provider: 'devo',
    breaks: /^(done, and the old one still works|P2: 1 orphans)/,
  },
  { mutation: repeatAfterAnswer, provider: 'errova', breaks: /^P5: .* after a whole answer/ },
  { mutation: loseUnread, provider: 'bluebricks', breaks: /^P2: the token of an unread answer/ },
  { mutation: believeCutList, provider: 'devo', breaks: /^P2: 1 orphans after aborted/ },
  { mutation: forgetStrays, provider: 'devo', breaks: /^P2: 1 orphans after the next rotation/ },
];
