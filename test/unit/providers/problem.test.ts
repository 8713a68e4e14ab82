import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { readProblem } from '../../../src/providers/problem.ts';

describe('readProblem', () => {
  const rules = { requestIdHeader: 'x-id', hints: { 404: 'look' }, codes: { gone_bad: 'conflict' } as const };
  const read = (status: number, body: unknown, secret?: string) =>
    readProblem(
      { status, body, header: () => 'cid-1', ...(secret !== undefined && { secret: Secret.of(secret) }) },
      rules,
    );

  it.each([
    [400, 'failure'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'not-found'],
    [409, 'conflict'],
    [422, 'failure'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [302, 'failure'],
  ])('status %i is %s, whatever the body', (status, code) => {
    for (const body of [null, '<html>', [], { error: [] }, { message: {} }, { errors: 3 }, 7]) {
      expect(read(status, body)).toMatchObject({ code, requestId: 'cid-1' });
    }
  });

  it('quotes the vendor, by whichever field it speaks', () => {
    for (const body of [
      { error: { code: 404, message: 'No such token' } },
      { message: 'No such token' },
      { message: ['No such token'], error: 'Not Found' },
      { error: 'No such token' },
    ]) {
      expect(read(404, body).message).toBe('the provider knows no such thing: "No such token"');
    }
    expect(read(404, null).hint).toBe('look');
  });

  it("takes the vendor's own code over the status", () => {
    expect(read(400, { code: 'gone_bad' }).code).toBe('conflict');
    expect(read(400, { code: 'toString' }).code).toBe('failure');
  });

  it('cuts out secrets that the vendor echoes, by value and by shape', () => {
    const body = {
      message:
        'token sk_own-0f343b0931126a20f133d67c2b018a3b / eyJhbGciOi.eyJzdWIi.c2ln / bbx_abc / ' +
        '0f343b0931126a20f133d67c2b018a3c / errova_session=cook1e; / Bearer b34rer',
    };
    const { message } = read(400, body, 'sk_own-0f343b0931126a20f133d67c2b018a3b');
    expect(message).not.toMatch(/sk_own|eyJ|bbx_abc|0f343b|cook1e|b34rer/);
  });

  it.each(['base64', 'base64url'] as const)(
    'cuts out the secret in %s, alone and inside of more',
    (encoding) => {
      const own = 'sk_own+/?>0f343b0931126a20f133d67c2b018a3b';
      for (const before of ['', 'u', 'us', 'user:']) {
        const echoed = Buffer.from(`${before}${own}`).toString(encoding);
        const { message } = read(400, { message: `cannot read "${echoed}".` }, own);
        expect(message).toContain('[secret]');
        for (let at = 0; at + 8 <= echoed.length; at += 1)
          if (at >= Math.ceil((before.length * 4) / 3))
            expect(message).not.toContain(echoed.slice(at, at + 8));
        if (before === '') expect(message).toContain("'[secret]'.");
      }
    },
  );

  it('puts the vendor’s words in quotes once', () => {
    expect(read(422, { message: '"scopes" holds an unknown scope' }).message).toBe(
      `the provider refused the request (status 422): "'scopes' holds an unknown scope"`,
    );
  });

  it('cuts a secret behind a prefix, and takes no time over what almost looks like one', () => {
    expect(read(400, { message: 'bad sk_0f343b0931126a20f133d67c2b018a3b' }).message).not.toContain('0f343b');
    const start = performance.now();
    for (const part of ['eyJ-', 'bearer ', 'bbx_', '0'.repeat(31), ' \t'])
      read(400, { message: part.repeat(200_000) });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('makes a message of 5 MiB with escapes one short safe line', () => {
    const { message } = read(400, { message: '\u001b[2Jevil\n::error::'.repeat(300_000) });
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/[\u0000-\u001f]/);
  });

  it.each(['', 'a\u001b[31m', 'a b', 'a\u202eb', 'é', 'a\nb', 'x'.repeat(129)])(
    'drops a request id that is no short plain word: %j',
    (id) => {
      expect(readProblem({ status: 400, body: null, header: () => id }, rules).requestId).toBeUndefined();
    },
  );

  it('keeps one of every printable character, up to 128', () => {
    for (const id of ['req_1/2:3=~', '!'.repeat(128)])
      expect(readProblem({ status: 400, body: null, header: () => id }, rules).requestId).toBe(id);
  });
});
