import { isStructured } from '../../output/report.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Services } from '../services/services.ts';

/** A shorter wait shows no spinner. In milliseconds. */
const PATIENCE_MS = 600;

/** Shows a spinner on a terminal while a request takes long; nothing elsewhere. */
export function withSlowNotice(transport: Transport, app: Pick<Services, 'globals' | 'runtime'>): Transport {
  const { stderr, host, stop } = app.runtime;
  const { quiet, verbose, format } = app.globals;
  // With a terminal of width 0 `ora` erases lines without end.
  if (!stderr.isTerminal || stderr.columns === 0 || quiet || verbose || isStructured(format))
    return transport;
  const watch = async <T>(origin: string, work: () => Promise<T>): Promise<T> => {
    const shown: { stop(): void }[] = [];
    let over = false;
    const timer = setTimeout(async () => {
      const { createProgress } = await import('../../output/progress.ts');
      const stream = { isTerminal: true, write: () => undefined };
      const progress = await createProgress({ stream, raw: host.stderr, ci: false, quiet: false });
      if (over) return;
      progress.phase(`waiting for ${origin} …`);
      shown.push(progress);
    }, PATIENCE_MS);
    const end = () => {
      over = true;
      clearTimeout(timer);
      for (const progress of shown.splice(0)) progress.stop();
    };
    // The spinner stops before the transport says why it waits: it would overwrite that line.
    stop.addEventListener('abort', end, { once: true });
    try {
      return await work();
    } finally {
      stop.removeEventListener('abort', end);
      end();
    }
  };
  return {
    call: (endpoint, request, openBody) =>
      watch(endpoint.origin, () => transport.call(endpoint, request, openBody)),
    sendOnce: (endpoint, request, capture) =>
      watch(endpoint.origin, () => transport.sendOnce(endpoint, request, capture)),
    close: () => transport.close(),
  };
}
