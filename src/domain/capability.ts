/** Everything keyturn can ask of a provider; what a provider lacks exits 8 and says what to do instead. */
export const OPERATIONS = [
  'tokens create',
  'tokens list',
  'tokens get',
  'tokens rotate',
  'tokens revoke',
  'tokens delete',
  'tokens enable',
  'tokens disable',
  'tokens rename',
  'keys create',
  'keys list',
  'keys expire',
  'keys rotate',
  'projects create',
  'projects list',
] as const;

export type CapabilityName = (typeof OPERATIONS)[number];

/** `native`: one call of the vendor's. `composed`: keyturn does it safely from several. `no`: the vendor cannot. */
export type Support = 'native' | 'composed' | 'no';
