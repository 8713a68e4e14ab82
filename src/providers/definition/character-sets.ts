/**
 * The sets of characters that a form may name. A definition has no regular expressions: a stranger's could take hours over
 * thirty characters. Each of these takes one step a character.
 */
export const CHARACTER_SETS = {
  digits: /^\d*$/,
  hex: /^[0-9a-f]*$/i,
  base62: /^[0-9A-Za-z]*$/,
  base64url: /^[0-9A-Za-z_-]*$/,
  slug: /^[0-9A-Za-z][0-9A-Za-z._-]*$/,
  address: /^[0-9A-Za-z][0-9A-Za-z._+-]{0,127}(?:@[0-9A-Za-z][0-9A-Za-z._+-]{0,127})?$/,
  jwt: /^[\w-]*\.[\w-]+\.[\w-]+$/,
  visible: /^[\x21-\x7e]*$/,
} as const;

type CharacterSet = keyof typeof CHARACTER_SETS;

export const CHARACTER_SET_NAMES = [
  ...(['digits', 'hex', 'base62', 'base64url', 'slug', 'address', 'jwt', 'visible'] as const),
] as const satisfies readonly CharacterSet[];
