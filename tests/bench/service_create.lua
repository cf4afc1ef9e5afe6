-- Creates of which each body is another, on all threads.
local thread = 0
function setup(t) thread = thread + 1; t:set("mine", thread) end
local stamp, n = os.time(), 0
function request()
  n = n + 1
  return wrk.format("POST", "/fhir/ServiceRequest", { ["Content-Type"] = "application/fhir+json" }, string.format(
    '{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"Patient/p%d"},'
    .. '"authoredOn":"2026-11-23","identifier":[{"system":"https://example.org/b","value":"%d-%d-%d"}]}', n % 1000, stamp, mine, n))
end
