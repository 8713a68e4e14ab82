// `npm run build`: checks the types and the definitions of providers, and bundles src into dist, in chunks that a command loads when it
// first needs them.
import { compileDefinitions } from './definitions.mjs';
import { build, ensureInstalled } from './lib.mjs';

ensureInstalled();
await compileDefinitions({ check: true });
await build();
