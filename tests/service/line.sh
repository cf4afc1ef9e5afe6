#!/usr/bin/env bash
# The whole line with TLS and tokens, as its users drive it: an extract lands, the provider hears of the referral, works on
# it, and what was done is there for the practice to see. curl and jq stand for the provider's system.
#
#   line.sh PROGRAM SOURCE_FOLDER
set -euo pipefail
program=$1
source=$2
. "$source/tests/service/gateway.sh"
start_gateway

# --- tokens
practice=$(token_of practice)
provider=$(token_of provider)
stranger=$(token_of stranger)
status() { "${curl[@]}" -o /dev/null -w '%{http_code}' "$@"; }
same "no token" 401 "$(status "$base/fhir/Task")"
same "a token that is none" 401 "$(status -H 'Authorization: Bearer lw1.x.y.z' "$base/fhir/Task")"
form=$("$program" token --client provider --key "$work/provider/key.pem" --url "$url" --scope 'system/Task.rs')
same "an assertion" 200 "$(status -d "$form" "$url")"
same "the same assertion again" 401 "$(status -d "$form" "$url")"

# --- an extract lands
first_extract
same "a provider sends no extracts" 403 "$(status -H "Authorization: Bearer $provider" --data-binary @"$work/extract.zip" "$base/ingest/emis")"
id=$(ask "$practice" POST "/ingest/emis?name=extract.zip" --data-binary @"$work/extract.zip" | jq -r .id)
for _ in $(seq 100); do
  state=$(ask "$practice" GET "/ingest/$id" | jq -r .state)
  [ "$state" = done ] && break
  sleep 0.1
done
same "the extract" done "$state"
same "its reconciliation adds up" true "$(ask "$practice" GET "/ingest/$id" |
  jq '.reconciliation.total | .rows == .translated + .superseded + .deleted + ([.notRelevant[]?, .held[]?, .rejected[]?] | add // 0)')"

# --- the referral appears, to those whom it concerns
task=$(ask "$practice" GET /fhir/Task | jq -r '.entry[0].resource.id')
same "the provider sees it" "$task" "$(ask "$provider" GET '/fhir/Task?status=requested' | jq -r '.entry[0].resource.id')"
same "with its referral and patient" "Patient ServiceRequest Task" "$(ask "$provider" GET \
  '/fhir/Task?_include=Task:focus&_include=Task:patient' | jq -r '[.entry[].resource.resourceType] | sort | join(" ")')"
same "a stranger does not" 0 "$(ask "$stranger" GET '/fhir/Task?_summary=count' | jq .total)"
same "nor by its address" 404 "$(status -H "Authorization: Bearer $stranger" "$base/fhir/Task/$task")"

# --- the provider works on it
move() { # STATUS [jq that changes the Task]
  ask "$provider" GET "/fhir/Task/$task" > "$work/task.json"
  jq "del(.meta) | .status = \"$1\" | ${2:-.}" "$work/task.json" > "$work/next.json"
  ask "$provider" PUT "/fhir/Task/$task" -H "If-Match: W/\"$(jq -r .meta.versionId "$work/task.json")\"" -d @"$work/next.json" -w '\n%{http_code}' |
    tail -n 1
}
made() { # TYPE, resource on standard input; prints its reference
  ask "$provider" POST "/fhir/$1" -d @- | jq -r '"\(.resourceType)/\(.id)"'
}
person=$(made Practitioner <<< '{"resourceType": "Practitioner", "name": [{"family": "Sample", "given": ["Ben"]}]}')
worker=$(jq -n --arg person "$person" '{resourceType: "PractitionerRole", practitioner: {reference: $person},
  organization: {identifier: {system: "https://fhir.nhs.uk/Id/ods-organization-code", value: "8HK34"}},
  code: [{coding: [{system: "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1", code: "R9815"}],
          text: "Social Prescribing Link Worker"}]}' | made PractitionerRole)
same "accepting" 200 "$(move accepted ".owner = {reference: \"$worker\"}")"
same "a stale version" 412 "$(ask "$provider" PUT "/fhir/Task/$task" -H 'If-Match: W/"1"' -d @"$work/next.json" -o /dev/null -w '%{http_code}')"
request=$(jq -r .focus.reference "$work/task.json")
patient=$(jq -r .for.reference "$work/task.json")
same "a contact" 201 "$(ask "$provider" POST /fhir/Encounter -o /dev/null -w '%{http_code}' -d "$(jq -n --arg worker "$worker" --arg request "$request" --arg patient "$patient" '{
  resourceType: "Encounter", status: "finished", class: {system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "VR"},
  subject: {reference: $patient}, basedOn: [{reference: $request}],
  participant: [{individual: {reference: $worker}}],
  period: {start: "2026-11-20T10:00:00Z", end: "2026-11-20T10:40:00Z"}}')")"
# A subscription whose subscriber is not there ends in error, and says so.
subscription=$(ask "$provider" POST /fhir/Subscription -d '{"resourceType": "Subscription", "status": "requested", "reason": "new referrals",
  "criteria": "Task?status=requested", "channel": {"type": "rest-hook", "endpoint": "https://localhost:9/hook"}}' | jq -r .id)
same "a subscription in the clear" 422 "$(ask "$provider" POST /fhir/Subscription -o /dev/null -w '%{http_code}' -d '{"resourceType": "Subscription",
  "status": "requested", "reason": "x", "criteria": "Task", "channel": {"type": "rest-hook", "endpoint": "http://example.org/hook"}}')"
for _ in $(seq 50); do
  hook=$(ask "$provider" GET "/fhir/Subscription/$subscription" | jq -r .status)
  [ "$hook" = error ] && break
  sleep 0.1
done
same "its handshake" error "$hook"
same "what follows from it" in-progress "$(ask "$practice" GET "/fhir/Task/$task" | jq -r .status)"
same "closing with nothing to show" 400 "$(move completed)"
same "closing" 200 "$(move completed '.output = [{type: {text: "outcome"}, valueString: "goes to the gardening group"}]')"
same "the request follows" completed "$(ask "$practice" GET "/fhir/$request" | jq -r .status)"
same "opening it again" 422 "$(move in-progress)"

# --- what was done goes to the practice's record, and is acknowledged
file_entries "$task"

# --- what a service did is told to the practice as a letter, once
message=$(find "$work/data/outbox/messages/A99901" -name '*.html')
grep -q 'Ben Sample, Social Prescribing Link Worker' "$message" || fail "the message back does not say who"
grep -q 'goes to the gardening group' "$message" || fail "the message back does not say what came of it"

# --- the same extract again takes nothing of that away
(cd "$work/extract" && zip -qr "$work/again.zip" .)
take_in "$work/again.zip"
same "after the extract came again" completed "$(ask "$practice" GET "/fhir/Task/$task" | jq -r .status)"

# --- the practice files the entries, and its next extract has them: the same events, not new ones
before=$(everything)
next_extract
same "entries filed" 2 "$number"
contact=$(ask "$practice" GET /fhir/Encounter | jq -r '.entry[0].resource.id')
same "what came back" "Encounter/$contact Task/$task " "$came_back"
sleep 1.5 # the outbox looks twice a second at what is new
same "what follows from it" "$before" "$(everything)"

# --- and a clinician sees it so
card=$(ask "$practice" POST /cds-services/social-prescribing -d "$(jq -n --arg patient "${patient#Patient/}" \
  '{hook: "patient-view", hookInstance: "7f6b2c1e-5d0a-4c3b-9e8f-1a2b3c4d5e6f", context: {userId: "Practitioner/1", patientId: $patient}}')")
"${curl[@]}" "$(jq -r '.cards[0].links[0].url' <<< "$card")" > "$work/page.html"
grep -q 'goes to the gardening group' "$work/page.html" || fail "the record page does not say what came of it"
same "contacts on the record page" 1 "$(grep -c 'Telephone or video contact' "$work/page.html")"
grep -q 'All that the service recorded is in the practice' "$work/page.html" || fail "the record page does not say that all is filed"

# --- everything is in the audit
kill "$server"
wait "$server" || fail "the service did not end well"
server=
"$program" audit verify "$work/data/audit" > "$work/audit.txt" || fail "the audit: $(cat "$work/audit.txt")"
grep -q 9990000018 "$work/serve.err" "$work"/data/audit/*/*.ndjson && fail "an NHS number in the log or the audit"
echo "passed"
