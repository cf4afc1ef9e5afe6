# The service with TLS and tokens, for tests to source. They set `program` and `source` (folder) before; this sets `work`
# (folder, removed at the end), and start_gateway sets `base`, `url` (of tokens) and `curl`.
work=$(mktemp -d)
server=
keys=

finish() {
  for each in $server $keys; do
    kill "$each" 2> /dev/null || true
    wait "$each" 2> /dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
fail() {
  echo "FAILED: $*" >&2
  tail -n 20 "$work/serve.err" >&2 || true
  exit 1
}
# same WHAT WANTED GOT
same() { [ "$2" = "$3" ] || fail "$1: expected $2, got $3"; }

# A certificate, three clients, one practice and its provider.
start_gateway() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/tls.key" -out "$work/tls.pem" 2> /dev/null
  for client in practice provider stranger; do
    "$program" keys new --algorithm "$([ $client = provider ] && echo RS384 || echo ES384)" -o "$work/$client" > /dev/null
  done
  # The stranger has its keys at an address.
  (cd "$work" && exec openssl s_server -accept 0 -WWW -cert tls.pem -key tls.key > "$work/keys.out" 2>&1) &
  keys=$!
  for _ in $(seq 100); do
    grep -q "^ACCEPT" "$work/keys.out" && break
    sleep 0.1
  done
  keys_port=$(sed -n 's/^ACCEPT .*://p' "$work/keys.out")
  [ -n "$keys_port" ] || fail "the server of keys does not start"
  cat > "$work/linkway.json" << JSON
{
  "listen": {"address": "localhost", "port": 0, "certificate": "$work/tls.pem", "key": "$work/tls.key"},
  "publicUrl": "",
  "data": "$work/data",
  "inbox": {"quietSeconds": 1},
  "authorities": "$work/tls.pem",
  "practices": {"A99901": {"system": "emis", "provider": "8HK34"}},
  "clients": [
    {"client_id": "practice", "organisation": {"kind": "practice", "ods": "A99901"},
     "jwks_file": "practice/jwks.json", "scope": "system/*.cruds"},
    {"client_id": "provider", "organisation": {"kind": "provider", "ods": "8HK34"},
     "jwks_file": "provider/jwks.json", "scope": "system/*.crus"},
    {"client_id": "stranger", "organisation": {"kind": "provider", "ods": "8HK99"},
     "jwks_uri": "https://localhost:$keys_port/stranger/jwks.json", "scope": "system/*.rs"}
  ]
}
JSON
  "$program" serve --config "$work/linkway.json" --check > /dev/null || fail "the configuration is refused"
  "$program" serve --config "$work/linkway.json" --mappings "$source/mappings" > "$work/serve.out" 2> "$work/serve.err" &
  server=$!
  for _ in $(seq 100); do
    grep -q "listens on" "$work/serve.out" && break
    kill -0 "$server" 2> /dev/null || fail "the service ended"
    sleep 0.1
  done
  base=$(sed -n 's/^Linkway listens on //p' "$work/serve.out")
  [ -n "$base" ] || fail "the service does not say where it listens"
  curl=(curl -s --cacert "$work/tls.pem")
  url=$("${curl[@]}" "$base/.well-known/smart-configuration" | jq -r .token_endpoint)
}
token_of() {
  "${curl[@]}" -d "$("$program" token --client "$1" --key "$work/$1/key.pem" --url "$url" --scope 'system/*.cruds')" "$url" |
    jq -r .access_token
}

# ask TOKEN METHOD PATH [curl options]
ask() {
  local token=$1 method=$2 path=$3
  shift 3
  "${curl[@]}" -X "$method" -H "Authorization: Bearer $token" -H 'Content-Type: application/fhir+json' "$@" "$base$path"
}

# The practice's first extract: one person, referred. Sets nothing; makes $work/extract.zip.
first_extract() {
  mkdir "$work/extract"
  for case in base referral-code-only; do
    cp "$source/tests/cases/emis/$case"/input/* "$work/extract"
  done
  (cd "$work/extract" && zip -qr "$work/extract.zip" .)
}

# Waits until the end of a Task is an entry in the outbox, then acknowledges all entries as the practice does.
file_entries() { # TASK
  local state
  for state in delivered filed; do
    for _ in $(seq 50); do
      "$program" outbox list --data "$work/data" --state $state | grep -q "record/emis/A99901/Task/$1" && break
      sleep 0.1
    done
    "$program" outbox list --data "$work/data" --state $state | grep -q "record/emis/A99901/Task/$1" || fail "the closing is not $state"
    [ $state = filed ] || for file in "$work"/data/outbox/emis/A99901/*.csv; do
      touch "$file.ack"
    done
  done
}
take_in() { # FILE; waits until it is done
  local id state=
  id=$(ask "$practice" POST "/ingest/emis?name=$(basename "$1")" --data-binary @"$1" | jq -r .id)
  for _ in $(seq 100); do
    state=$(ask "$practice" GET "/ingest/$id" | jq -r .state)
    [ "$state" = done ] && return
    sleep 0.1
  done
  fail "$1 is $state"
}
# What is known of referrals, with versions, and what has gone out.
everything() {
  for type in ServiceRequest Task Encounter; do
    ask "$practice" GET "/fhir/$type?_count=500" | jq -r '.entry[]?.resource | "\(.resourceType)/\(.id) \(.meta.versionId) \(.status)"'
  done | sort
  "$program" outbox list --data "$work/data" | cut -f 1,2,5
}

# The practice files the entries that the outbox has for it, and sends its next extract with them.
# Sets `number` (entries) and `came_back` (their ids as the extract's Observations have them).
next_extract() {
  mkdir "$work/next"
  for file in "$work"/extract/291_*; do
    name=$(basename "$file" | sed 's/^291_/292_/; s/_20260302/_20261124/')
    sed 's/"291"/"292"/g' "$file" > "$work/next/$name"
  done
  code_id() { # of a SNOMED CT concept, as the practice's system codes it
    awk -F'","' -v concept="$1" '$4 == concept {print substr($1, 2)}' "$work"/extract/*_Coding_ClinicalCode_*
  }
  number=0
  cat "$work"/data/outbox/emis/A99901/done/*.csv | grep -v '^"entry_id"' | sed 's/^"//; s/"$//' > "$work/entries.txt"
  while IFS= read -r entry; do
    number=$((number + 1))
    column() { awk -F'","' -v column="$1" '{print $column}' <<< "$entry"; }
    date=$(column 6)
    printf '"{0B500000-0000-4000-8000-00000000F00%s}","{%s}","{0A000000-0000-4000-8000-000000000001}","%s","YMD","%s","18:00:00",' \
      "$number" "$(column 4)" "$date" "$date"
    printf '"{05E70000-0000-4000-8000-000000000002}","","","%s","","","%s [entry %s]","","","Observation","","","","","false","","None","false","false","292"\r\n' \
      "$(code_id "$(column 16)")" "$(column 21)" "$(column 1)"
  done < "$work/entries.txt" >> "$(ls "$work"/next/*_CareRecord_Observation_*)"
  (cd "$work/next" && zip -qr "$work/next.zip" .)
  take_in "$work/next.zip"
  came_back=$(ask "$practice" GET "/fhir/Observation?_count=500" |
    jq -r '.entry[].resource.identifier[]? | select(.system == "https://linkway.uk/fhir/Id/record-entry").value' | sort | tr '\n' ' ')
}
