// See compare-fhirpath.sh. A question is an expression and a resource; an answer is an error or a list of typed values.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeResources } from './resources.mjs';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const here = dirname(fileURLToPath(import.meta.url));
const linkway = resolve(process.argv[2]);
const suite = resolve(here, '../../../shared/conformance/fhirpath-r4');
const work = mkdtempSync(join(tmpdir(), 'linkway-fhirpath-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/// What both engines are asked: { name, expression, file, resource }.
const questions = [];

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const decoded = (text) =>
  text.replace(/&(#x?)?(\w+);/g, (_, number, name) =>
    number ? String.fromCodePoint(parseInt(name, number === '#x' ? 16 : 10)) : entities[name]);

function batch(requests) {
  const input = requests.map((each) => JSON.stringify(each)).join('\n');
  const run = spawnSync(linkway, ['fhirpath', '--batch'], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) {
    throw new Error(`${linkway} ended with ${run.status}: ${run.stderr}`);
  }
  return run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

function addSuite() {
  if (!existsSync(join(suite, 'tests-fhir-r4.xml'))) {
    console.log('HL7\'s suite is left out: it is not beside the sources');
    return;
  }
  const text = readFileSync(join(suite, 'tests-fhir-r4.xml'), 'utf8').replace(/<!--.*?-->/gs, '');
  const resources = new Map();
  for (const [, attributes, body] of text.matchAll(/<test\s([^>]*)>(.*?)<\/test>/gs)) {
    const file = attributes.match(/inputfile="([^"]*)"/)?.[1];
    const path = file && join(suite, 'input', file);
    if (file && !resources.has(file)) {
      // The npm engine reads JSON only, so XML goes through Linkway's reader.
      resources.set(file, batch([{ expression: '%resource', file: path }])[0].result[0].value);
    }
    questions.push({
      name: attributes.match(/name="([^"]*)"/)[1],
      expression: decoded(body.match(/<expression[^>]*>(.*?)<\/expression>/s)[1].replace(/<!\[CDATA\[(.*?)\]\]>/gs, '$1')),
      file: path,
      resource: file ? resources.get(file) : {},
    });
  }
}

function addExpressions() {
  const expressions = JSON.parse(readFileSync(join(here, 'fhirpath-expressions.json'), 'utf8'));
  const lines = new Set(makeResources(400).map((each) => JSON.stringify(each)));
  const cases = resolve(here, '../cases');
  for (const name of readdirSync(cases, { recursive: true })) {
    if (name.includes('/expected/') && name.endsWith('.ndjson')) {
      readFileSync(join(cases, name), 'utf8').split('\n').filter(Boolean).forEach((line) => lines.add(line));
    }
  }
  let count = 0;
  for (const line of lines) {
    const resource = JSON.parse(line);
    const lists = expressions[resource.resourceType];
    if (!lists) continue;
    const file = join(work, `${count++}.json`);
    writeFileSync(file, line);
    for (const [kind, list] of Object.entries(lists)) {
      for (const [name, expression] of Object.entries(list)) {
        questions.push({ name: `${resource.resourceType} ${kind} ${name}`, expression, file, resource });
      }
    }
  }
  console.log(`${count} resources of ${Object.keys(expressions).length} types, ${questions.length} questions`);
}

// Values that only carry extensions are left out: the npm engine drops them from results.
function ours(answer) {
  if (answer.error !== undefined) return { error: answer.error };
  return {
    values: answer.result
      .filter(({ value }) => value !== null)
      .map(({ type, value }) =>
        type === 'System.Quantity' ? { type, value: `${value.value} ${quoted(value.unit)}` }
        : type === 'TypeInfo' ? { type: 'System.Object', value }
        : { type, value }),
  };
}

const calendar = /^(year|month|week|day|hour|minute|second|millisecond)s?$/;
const quoted = (unit) => (calendar.test(unit) ? unit : `'${unit}'`);

// The npm engine leaves FHIR's variables to its caller.
const constants = {
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  'vs-administrative-gender': 'http://hl7.org/fhir/ValueSet/administrative-gender',
  'ext-patient-birthTime': 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
};

function theirs({ expression, resource }) {
  try {
    const variables = { ...constants, resource, rootResource: resource };
    const found = fhirpath.evaluate(structuredClone(resource), expression, variables, r4, { resolveInternalTypes: false, traceFn: () => {} });
    const types = fhirpath.types(found);
    return {
      values: found.flatMap((item, i) =>
        fhirpath.resolveInternalTypes([item])
          .filter((value) => value !== null && value !== undefined)
          .map((value) => ({ type: types[i], value }))),
    };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

/// Members in any order; numbers as doubles, which is what the npm engine reckons in.
function same(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

function agree(a, b) {
  if (a.error !== undefined || b.error !== undefined) return a.error !== undefined && b.error !== undefined;
  return same(a.values, b.values);
}

const shown = (answer) => (answer.error !== undefined ? `error: ${answer.error.split('\n')[0]}` : JSON.stringify(answer.values));

addSuite();
addExpressions();
const answers = batch(questions.map(({ expression, file }) => ({ expression, file })));
const listed = JSON.parse(readFileSync(join(here, 'fhirpath-differences.json'), 'utf8'));
const reasons = new Map(Object.entries(listed).flatMap(([reason, names]) => names.map((name) => [name, reason])));
const met = new Map();
let agreements = 0;
let unexplained = 0;
questions.forEach((question, i) => {
  const a = ours(answers[i]);
  const b = theirs(question);
  if (agree(a, b)) {
    agreements += 1;
    return;
  }
  const times = met.get(question.name) ?? 0;
  met.set(question.name, times + 1);
  if (reasons.has(question.name)) return;
  unexplained += 1;
  if (times < 3) {
    console.log(`${question.name}: ${question.expression.trim()}\n  linkway: ${shown(a)}\n  npm:     ${shown(b)}`);
  }
});
const asked = new Set(questions.map(({ name }) => name));
const gone = [...reasons.keys()].filter((name) => asked.has(name) && !met.has(name));
gone.forEach((name) => console.log(`${name} is listed in fhirpath-differences.json but no difference any more`));
for (const [reason, names] of Object.entries(listed)) {
  const count = names.reduce((sum, name) => sum + (met.get(name) ?? 0), 0);
  console.log(`${String(count).padStart(6)}  ${reason}`);
}
const explained = questions.length - agreements - unexplained;
console.log(`${questions.length} questions, ${agreements} agreements, ${explained} differences explained in README.md, ${unexplained} others`);
process.exit(unexplained + gone.length === 0 ? 0 : 1);
