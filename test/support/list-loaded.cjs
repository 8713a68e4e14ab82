// Runs a program of CommonJS, and writes the path of each file that it loads to descriptor 3: `node list-loaded.cjs PROGRAM ARGUMENT…`.
// NODE_V8_COVERAGE and --require would tell too, but keyturn refuses both.
const { writeSync } = require('node:fs');
const Module = require('node:module');

const compile = Module.prototype._compile;
Module.prototype._compile = function (...args) {
  if (this.filename !== process.argv[1]) writeSync(3, `${this.filename}\n`);
  return compile.apply(this, args);
};
process.argv.splice(1, 1);
require(process.argv[1]);
