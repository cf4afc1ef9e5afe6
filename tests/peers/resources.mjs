// Made-up resources, the same on every day and machine: Patient, ServiceRequest, Task and Observation in turn, as a gateway
// between practices and link workers holds them.
//   node resources.mjs COUNT > resources.ndjson

const pick = (list, i) => list[i % list.length];
const day = (i) => `2024-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`;
const snomed = (code, display) => ({ coding: [{ system: 'http://snomed.info/sct', code, display }], text: display });
const id = (type, i) => ({ resourceType: type, id: `${type.toLowerCase()}-${i}`, meta: { profile: [`https://example.org/${type}`] } });

function patient(i) {
  return {
    ...id('Patient', i),
    extension: [{ url: 'https://example.org/note', valueString: `n${i}` }],
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: String(9990000000 + i) }],
    active: true,
    name: [{ use: 'official', family: `Family${i}`, given: [`Given${i % 97}`, 'Middle'], period: { start: '1990-01-01' } }],
    telecom: [{ system: 'phone', value: '01134960000', use: 'home' }, { system: 'email', value: `p${i}@example.org` }],
    gender: pick(['female', 'male', 'other'], i),
    birthDate: `19${String(30 + (i % 70))}-03-02`,
    ...(i % 9 === 0 ? { deceasedDateTime: '2023-05-01' } : i % 9 === 1 ? { deceasedBoolean: false } : {}),
    address: [{ use: 'home', line: ['1 High Street'], city: 'Leeds', postalCode: 'LS1 1AA', country: 'GB' }],
    contact: [{ name: { family: 'Helper' }, telecom: [{ system: 'phone', value: '0113' }] }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } }],
    generalPractitioner: [{ reference: 'Practitioner/g1' }],
    managingOrganization: { reference: 'Organization/o1' },
  };
}

function serviceRequest(i) {
  return {
    ...id('ServiceRequest', i),
    contained: [{ resourceType: 'Organization', id: 'org', name: 'Link workers' }],
    identifier: [{ system: 'https://example.org/referral', value: String(i) }],
    status: pick(['active', 'completed', 'revoked'], i),
    intent: 'order',
    category: [snomed('3457005', 'Patient referral')],
    priority: pick(['routine', 'urgent'], i),
    code: snomed('871731000000106', 'Referral to social prescribing service'),
    subject: { reference: `Patient/patient-${i - 1}` },
    occurrencePeriod: { start: day(i), end: '2025-01-01' },
    authoredOn: `${day(i)}T10:30:00+00:00`,
    requester: { reference: 'PractitionerRole/r1' },
    performer: [{ reference: '#org' }],
    note: [{ text: 'Lonely since moving' }],
  };
}

function task(i) {
  return {
    ...id('Task', i),
    identifier: [{ system: 'https://example.org/task', value: String(i) }],
    basedOn: [{ reference: `ServiceRequest/servicerequest-${i - 1}` }],
    status: pick(['requested', 'accepted', 'in-progress', 'completed'], i),
    businessStatus: { text: 'first contact made' },
    intent: 'order',
    priority: 'routine',
    focus: { reference: `ServiceRequest/servicerequest-${i - 1}` },
    for: { reference: `Patient/patient-${i - 2}` },
    executionPeriod: { start: day(i) },
    authoredOn: `${day(i)}T10:30:00+00:00`,
    lastModified: '2025-02-03T09:00:00.000+00:00',
    requester: { reference: 'PractitionerRole/r1' },
    owner: { reference: 'Organization/o2' },
    input: [{ type: { text: 'goal' }, valueString: 'a walking group' }],
  };
}

function observation(i) {
  const value = [
    { valueQuantity: { value: 20 + (i % 50) / 10, unit: 'kg/m2', system: 'http://unitsofmeasure.org', code: 'kg/m2' } },
    { valueCodeableConcept: snomed('160573003', 'Alcohol intake') },
    { valueString: 'as told' },
    { valueDateTime: day(i) },
    { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'asked-declined' }] } },
  ];
  return {
    ...id('Observation', i),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }] }],
    code: snomed('60621009', 'Body mass index'),
    subject: { reference: `Patient/patient-${i - 3}` },
    ...(i % 2 === 0 ? { effectiveDateTime: `${day(i)}T08:00:00Z` } : { effectivePeriod: { start: day(i) } }),
    issued: `${day(i)}T08:00:00.000Z`,
    performer: [{ reference: 'Practitioner/g1' }],
    ...pick(value, i >> 2),
    referenceRange: [{ low: { value: 18.5, unit: 'kg/m2' }, high: { value: 25, unit: 'kg/m2' }, text: 'adults' }],
    component: [{ code: snomed('248342006', 'Underweight'), valueQuantity: { value: i % 7, unit: '1' } }],
  };
}

export function makeResources(count) {
  const makers = [patient, serviceRequest, task, observation];
  return Array.from({ length: count }, (_, i) => makers[i % makers.length](i));
}

if (import.meta.url === `file://${process.argv[1]}`) {
  for (const resource of makeResources(Number(process.argv[2] ?? 10_000))) {
    process.stdout.write(`${JSON.stringify(resource)}\n`);
  }
}
