/** Kept equal to package.json by `npm run generate`; read from here so that `--version` opens no file. */
export const VERSION = '0.1.0';
