// `npm run build`: src/*.ts to dist/*.js, file by file, so that a command loads only what it uses.
import { build, ensureInstalled } from './lib.mjs';

ensureInstalled();
build();
