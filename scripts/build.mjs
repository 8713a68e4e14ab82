// `npm run build`: checks the types, and bundles src into dist, in chunks that a command loads when it first needs them.
import { build, ensureInstalled } from './lib.mjs';

ensureInstalled();
await build();
