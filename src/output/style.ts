import { Chalk, type ChalkInstance } from 'chalk';

export function createStyle(colour: boolean): ChalkInstance {
  return new Chalk({ level: colour ? 1 : 0 });
}
