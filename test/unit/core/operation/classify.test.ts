import { describe, expect, test } from 'vitest';
import { classify, classifyInterrupted } from '../../../../src/core/operation/steps/classify.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Reply } from '../../../../src/ports/transport.ts';
import { loadProvider } from '../../../../src/providers/registry.ts';

function reply(status: number): Reply {
  return { status, header: () => null, body: new Uint8Array() };
}

async function kindOf(status: number, provider = 'devo'): Promise<string> {
  const refuse = () => new AppError({ code: 'auth', message: 'no' });
  return classify({ kind: 'answered', reply: reply(status) }, await loadProvider(provider), refuse).kind;
}

describe('what an answer to an issuing request means', () => {
  test.each([200, 201, 202, 204])('%i is a success', async (status) => {
    expect(await kindOf(status)).toBe('answered');
  });

  test.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 429])('%i is a refusal', async (status) => {
    expect(await kindOf(status)).toBe('refused');
  });

  test.each([301, 302, 303, 307, 308, 408, 425, 500, 502, 503, 504, 520, 524])(
    '%i may have acted',
    async (status) => {
      expect(await kindOf(status)).toBe('ambiguous');
    },
  );

  test.each(['bluebricks', 'prefactor'])(
    'a conflict may be with the very same issuing request (%s)',
    async (provider) => {
      expect(await kindOf(409, provider)).toBe('ambiguous');
    },
  );

  test('what never left is safe to try again', async () => {
    const provider = await loadProvider('devo');
    const refuse = () => new AppError({ code: 'auth', message: 'no' });
    expect(classify({ kind: 'not-sent', reason: 'refused' }, provider, refuse)).toEqual({
      kind: 'not-sent',
      reason: 'refused',
      code: 'unavailable',
    });
  });
});

describe('what is known after the process died', () => {
  const captured = { status: 201, requestId: null, bytes: new Uint8Array([1]), complete: true };

  test('a whole success is an answer', () => {
    expect(classifyInterrupted(captured)).toEqual({ kind: 'answered', status: 201 });
  });

  test.each([
    null,
    { ...captured, complete: false },
    { ...captured, status: 403 },
    { ...captured, status: null },
  ])('anything else is ambiguous', (known) => {
    expect(classifyInterrupted(known).kind).toBe('ambiguous');
  });
});
