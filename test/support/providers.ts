import { loadProvider } from '../../src/providers/registry.ts';

/** The shipped providers, as every command loads them. */
export const errova = await loadProvider('errova');
export const devo = await loadProvider('devo');
export const prefactor = await loadProvider('prefactor');
export const bluebricks = await loadProvider('bluebricks');
