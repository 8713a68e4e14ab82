/** The variables of keyturn's own that hold a secret. */
export const SECRET_VARIABLES = [
  'KEYTURN_PASSPHRASE',
  'KEYTURN_NEW_PASSPHRASE',
  'KEYTURN_TOKEN',
  'KEYTURN_SESSION',
  'KEYTURN_JOURNAL_KEY',
] as const;
