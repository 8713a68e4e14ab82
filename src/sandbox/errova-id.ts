import type { Assumptions } from './assumptions.ts';
import { randomHex } from './new-secrets.ts';
import type { World } from './world.ts';

export function newErrovaId(world: World, prefix: string, form: Assumptions['errovaIds']): string {
  const random = randomHex(world, 12);
  if (form === 'prefixed') return prefix + random;
  return (Number.parseInt(random.slice(-1), 16) % 2 === 0 ? '-' : '_') + random;
}
