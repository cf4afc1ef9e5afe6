// The peer of bench_fhirpath: HL7's npm engine on the same resources and expressions, each compiled once.
//   node fhirpath.mjs RESOURCES EXPRESSIONS ROUNDS
// Prints, for each kind of expression, the seconds that all evaluations took, how many there were and how many items they gave.
// Resources are parsed and expressions compiled before; of all rounds (as many as the other side has) the best counts, and of wall and processor time the less,
// so that neither a busy machine nor Node's helper threads tell against it. Needs the npm package fhirpath, looked for in
// NODE_MODULES (a node_modules folder) or where Node looks.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const from = process.env.NODE_MODULES ? resolve(process.env.NODE_MODULES, 'x.js') : import.meta.url;
const require = createRequire(from);
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const [resourcesFile, expressionsFile, rounds] = process.argv.slice(2);
const resources = readFileSync(resourcesFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const expressions = JSON.parse(readFileSync(expressionsFile, 'utf8'));

for (const kind of ['invariants', 'search']) {
  const compiled = {};
  for (const [type, lists] of Object.entries(expressions)) {
    compiled[type] = Object.values(lists[kind])
      .filter((expression) => !expression.includes('resolve()')) // not for synchronous calls
      .map((expression) => fhirpath.compile(expression, r4, { traceFn: () => {} }));
  }
  let best = Infinity;
  let evaluations = 0;
  let items = 0;
  for (let round = 0; round < Number(rounds); ++round) {
    evaluations = 0;
    items = 0;
    const start = process.hrtime.bigint();
    const spent = process.cpuUsage();
    for (const resource of resources) {
      const variables = { resource, rootResource: resource };
      for (const evaluate of compiled[resource.resourceType]) {
        items += evaluate(resource, variables).length;
        evaluations += 1;
      }
    }
    const { user, system } = process.cpuUsage(spent);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9, (user + system) / 1e6);
  }
  console.log(kind, best.toFixed(4), evaluations, items);
}
