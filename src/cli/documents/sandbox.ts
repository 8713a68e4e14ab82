import type { BootstrapLogin } from '../../sandbox/vendor.ts';

/** One line, which a program that started the sandbox reads: where it listens, and how to log in. */
export function sandboxLine(origin: string, logins: readonly BootstrapLogin[]): string {
  return `${JSON.stringify({ schema: 'keyturn.sandbox/1', origin, logins })}\n`;
}
