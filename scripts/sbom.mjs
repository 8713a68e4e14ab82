// `npm run sbom`: the packages that keyturn needs or contains, as CycloneDX: the runtime packages of package-lock.json, and those
// that the build took code of, as `dist/THIRD-PARTY-LICENSES.txt` names them. Run `npm run build` first.
import { spawnSync } from 'node:child_process';
import { fail, packagesOf, ROOT } from './lib.mjs';

const DEVELOPMENT = 'cdx:npm:package:development';
const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const { status, stdout } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
if (status !== 0) fail('npm made no list of the packages');
const all = JSON.parse(stdout);

const bundled = new Set(packagesOf('dist/THIRD-PARTY-LICENSES.txt'));
const components = all.components
  .filter((each) => bundled.has(each['bom-ref']) || !hasProperty(each, DEVELOPMENT))
  .map((each) => (bundled.has(each['bom-ref']) ? contained(each) : each));
const refs = new Set([all.metadata.component['bom-ref'], ...components.map((each) => each['bom-ref'])]);
const missing = [...bundled].filter((ref) => !refs.has(ref));
if (missing.length > 0) fail(`package-lock.json does not have ${missing}; run \`npm run build\``);
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map((each) => ({ ...each, dependsOn: each.dependsOn.filter((ref) => refs.has(ref)) }));
console.log(JSON.stringify({ ...all, components, dependencies }, null, 2));

function hasProperty({ properties = [] }, name) {
  return properties.some((each) => each.name === name && each.value === 'true');
}

/** A user gets its code, whatever it is to the one who builds. */
function contained({ properties = [], ...each }) {
  return { ...each, properties: properties.filter(({ name }) => name !== DEVELOPMENT) };
}
