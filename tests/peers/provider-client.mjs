// What a provider's system does: see provider-client.sh.
//
//   node provider-client.mjs BASE FOLDER PRACTICE-TOKEN
//
// FOLDER holds the provider's key, the certificate of its subscriber and the extract; provider.json is written there: the Task, and how many
// entries its practice is to file.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Client } from 'fhir-kit-client';
import { importPKCS8, SignJWT } from 'jose';

const [base, folder, practiceToken] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`);
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function until(what, look) {
  for (let i = 0; i < 200; ++i) {
    const found = await look();
    if (found) return found;
    await later(25);
  }
  throw new Error(`never: ${what}`);
}

/** The status of a request that must be refused. */
async function refused(request) {
  try {
    await request();
  } catch (error) {
    const body = error.response?.data;
    assert.equal(body?.resourceType, 'OperationOutcome', 'a refusal is an OperationOutcome');
    return error.response.status;
  }
  return 'not refused';
}

// --- a token: found by the server's own description, asked for with a signed assertion
const client = new Client({ baseUrl: `${base}/fhir` });
const { tokenUrl } = await client.smartAuthMetadata();
const kid = JSON.parse(read('provider/jwks.json')).keys[0].kid;
const key = await importPKCS8(read('provider/key.pem').toString(), 'RS384');
const assertion = await new SignJWT({})
  .setProtectedHeader({ alg: 'RS384', kid, typ: 'JWT' })
  .setIssuer('provider').setSubject('provider').setAudience(tokenUrl.href ?? tokenUrl)
  .setJti(randomUUID()).setIssuedAt().setExpirationTime('4m').sign(key);
const answer = await fetch(tokenUrl, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/*.cruds',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }),
});
assert.equal(answer.status, 200);
const token = await answer.json();
assert.equal(token.token_type.toLowerCase(), 'bearer');
client.bearerToken = token.access_token;

const capabilities = await client.capabilityStatement();
assert.equal(capabilities.fhirVersion, '4.0.1');

// --- a subscriber hears of a new referral within a second
const told = [];
const subscriber = createServer({ key: read('tls.key'), cert: read('tls.pem') }, (request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    told.push({ at: Date.now(), key: request.headers['idempotency-key'], bundle: JSON.parse(body) });
    response.end();
  });
});
subscriber.listen(0, 'localhost');
await once(subscriber, 'listening');
const subscription = await client.create({
  resourceType: 'Subscription',
  body: {
    resourceType: 'Subscription', status: 'requested', reason: 'new referrals', criteria: 'Task?status=requested',
    channel: {
      type: 'rest-hook', endpoint: `https://localhost:${subscriber.address().port}/hook`, payload: 'application/fhir+json',
      _payload: {
        extension: [{ url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content', valueCode: 'full-resource' }],
      },
    },
  },
});
await until('the handshake', () => told.length === 1);
await until('the subscription is active', async () =>
  (await client.read({ resourceType: 'Subscription', id: subscription.id })).status === 'active');

// --- the practice's extract lands
const accepted = await fetch(`${base}/ingest/emis?name=extract.zip`, {
  method: 'POST', headers: { authorization: `Bearer ${practiceToken}` }, body: read('extract.zip'),
});
assert.equal(accepted.status, 202);
const intake = accepted.headers.get('location');
await until('the extract is done', async () =>
  (await (await fetch(intake, { headers: { authorization: `Bearer ${practiceToken}` } })).json()).state === 'done');
const done = Date.now();
await until('the subscriber hears of it', () => told.length === 2);
assert.ok(told[1].at - done < 1000, `told after ${told[1].at - done} ms`);
const focus = told[1].bundle.entry.map((entry) => entry.resource).find((resource) => resource?.resourceType === 'Task');
assert.equal(focus.status, 'requested');

// --- it is found, with what it refers to
const found = await client.search({ resourceType: 'Task', searchParams: { status: 'requested', _include: ['Task:focus', 'Task:patient'] } });
assert.deepEqual(found.entry.map((entry) => entry.resource.resourceType).sort(), ['Patient', 'ServiceRequest', 'Task']);
const task = found.entry.find((entry) => entry.search.mode === 'match').resource;
assert.equal(task.id, focus.id);
const request = task.focus.reference;
const patient = task.for.reference;

// --- it is accepted
async function move(change, version) {
  const current = await client.read({ resourceType: 'Task', id: task.id });
  const { versionId } = current.meta;
  const body = { ...current, ...change };
  return client.update({
    resourceType: 'Task', id: task.id, body, options: { headers: { 'If-Match': `W/"${version ?? versionId}"` } },
  });
}
assert.equal((await move({ status: 'accepted' })).status, 'accepted');

// --- the link worker, created once however often that is asked, and the role in a transaction with a contact
const identifier = { system: 'https://example.org/staff', value: 'lw-1' };
const person = { resourceType: 'Practitioner', identifier: [identifier], name: [{ family: 'Sample', given: ['Ben'] }] };
const ifNone = { headers: { 'If-None-Exist': `identifier=${identifier.system}|${identifier.value}` } };
const practitioner = await client.create({ resourceType: 'Practitioner', body: person, options: ifNone });
assert.equal((await client.create({ resourceType: 'Practitioner', body: person, options: ifNone })).id, practitioner.id);
const role = `urn:uuid:${randomUUID()}`;
const written = await client.transaction({
  body: {
    resourceType: 'Bundle', type: 'transaction',
    entry: [
      {
        fullUrl: `urn:uuid:${randomUUID()}`, request: { method: 'POST', url: 'Encounter' },
        resource: {
          resourceType: 'Encounter', status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HH' },
          subject: { reference: patient }, basedOn: [{ reference: request }], participant: [{ individual: { reference: role } }],
          period: { start: '2026-11-20T10:00:00Z', end: '2026-11-20T10:40:00Z' },
        },
      },
      {
        fullUrl: role, request: { method: 'POST', url: 'PractitionerRole' },
        resource: {
          resourceType: 'PractitionerRole', practitioner: { reference: `Practitioner/${practitioner.id}` },
          organization: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: '8HK34' } },
          code: [{
            coding: [{ system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1', code: 'R9815' }],
            text: 'Social Prescribing Link Worker',
          }],
        },
      },
    ],
  },
});
const [contact, roleMade] = written.entry.map((entry) => entry.response.location.split('/_history')[0].split('/').slice(-2).join('/'));
assert.equal((await client.read({ resourceType: 'Encounter', id: contact.split('/')[1] })).participant[0].individual.reference, roleMade);

// --- it measures and completes; who holds an old version is told so
assert.equal((await move({ owner: { reference: roleMade } })).status, 'in-progress', 'there has been a contact');
assert.equal(await refused(() => move({ status: 'on-hold', statusReason: { text: 'away' } }, '1')), 412);
const score = (value, at) => client.create({
  resourceType: 'Observation',
  body: {
    resourceType: 'Observation', status: 'final', subject: { reference: patient }, basedOn: [{ reference: request }],
    performer: [{ reference: roleMade }], effectiveDateTime: at,
    code: { coding: [{ system: 'http://snomed.info/sct', code: '1362931000000106', display: 'Seen by social prescribing link worker' }] },
    valueString: value,
  },
});
const observation = await score('Walks with the group', '2026-11-21T14:00:00Z');
assert.equal(await refused(() => move({ status: 'completed' })), 400, 'nothing to show for it');
const completed = await move({ status: 'completed', output: [{ type: { text: 'outcome' }, valueString: 'goes to the gardening group' }] });
assert.equal(completed.status, 'completed');
assert.equal((await client.read({ resourceType: 'ServiceRequest', id: request.split('/')[1] })).status, 'completed');

// --- every version is there, and pages go through all there is
const history = await client.history({ resourceType: 'Task', id: task.id });
assert.deepEqual(history.entry.map((entry) => entry.resource.status), ['completed', 'in-progress', 'in-progress', 'accepted', 'requested']);
assert.equal((await client.vread({ resourceType: 'Task', id: task.id, version: '1' })).status, 'requested');
const seen = new Set();
for (let page = await client.search({ resourceType: 'Encounter', searchParams: { patient, _count: 1 } }); page;
  page = await client.nextPage({ bundle: page })) {
  page.entry?.forEach((entry) => seen.add(entry.resource.id));
}
assert.ok(seen.has(contact.split('/')[1]));
assert.equal(await refused(() => client.read({ resourceType: 'Task', id: 'nobody' })), 404);
assert.equal(await refused(() => client.search({ resourceType: 'Task', searchParams: { colour: 'green' } })), 400);

// --- nobody told of anything twice
await later(500);
const keys = told.map((each) => each.key);
assert.equal(new Set(keys).size, keys.length);
subscriber.close();
subscriber.closeAllConnections();
writeFileSync(`${folder}/provider.json`, JSON.stringify({ task: task.id, entries: 3, observation: observation.id }));
