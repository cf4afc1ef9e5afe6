"""The figures of service.sh: LINKWAY FOLDER RESOURCES SECONDS."""
import http.client, json, os, re, shutil, socket, subprocess, sys, threading, time

program, folder, resources, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
here = os.path.dirname(os.path.abspath(__file__))
port, half = 18099, resources // 2
JSON = {"Content-Type": "application/fhir+json"}


def start(data):
    os.makedirs(data, exist_ok=True)
    config = os.path.join(folder, "config.json")
    with open(config, "w") as file:
        json.dump({"data": data, "listen": {"port": port},
                   "limits": {"requestsPerSecond": 10_000_000}}, file)
    began = time.monotonic()
    service = subprocess.Popen([program, "serve", "--config", config],
                               stdout=subprocess.DEVNULL, stderr=open(os.path.join(folder, "log"), "w"))
    while time.monotonic() - began < 60 and service.poll() is None:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/health/ready")
            if client.getresponse().status == 200:
                return service, time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.002)
    sys.exit("the service did not become ready: see " + os.path.join(folder, "log"))


def stop(service):
    service.terminate()
    service.wait(60)


def entry(number):
    identifier = [{"system": "https://example.org/n", "value": str(number)}]
    if number < half:
        made = {"resourceType": "Patient", "id": f"p{number}", "identifier": identifier}
    else:
        made = {"resourceType": "Observation", "id": f"o{number}", "identifier": identifier,
                "status": "final", "code": {"text": "weight"},
                "subject": {"reference": f"Patient/p{number - half}"}}
    return {"resource": made, "request": {"method": "PUT", "url": made["resourceType"] + "/" + made["id"]}}


def load(data):
    shutil.rmtree(data, ignore_errors=True)
    service, _ = start(data)
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for first in range(0, resources, 1000):
        bundle = {"resourceType": "Bundle", "type": "transaction",
                  "entry": [entry(n) for n in range(first, min(first + 1000, resources))]}
        client.request("POST", "/fhir", json.dumps(bundle), JSON)
        answer = client.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"loading failed: {answer.status} {body[:500]}")
    stop(service)


def wrk(path, script="service_get.lua"):
    """From 32 clients; each # of the path is another number every time."""
    words = ["wrk", "-t2", "-c32", f"-d{seconds}s", "-s", os.path.join(here, script), f"http://127.0.0.1:{port}", "--", path, str(half)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(path + " did not work:\n" + said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def paced_p99(rate):
    """Milliseconds, each from when its request was due: a late start counts as waiting."""
    times, failed, began = [], [], time.monotonic() + 0.1
    def client(mine):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for n in range(mine, int(rate * seconds), 32):
            due = began + n / rate
            time.sleep(max(0, due - time.monotonic()))
            body = {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
                    "subject": {"reference": f"Patient/p{n % 1000}"},
                    "identifier": [{"value": f"paced-{began}-{n}"}]}
            link.request("POST", "/fhir/ServiceRequest", json.dumps(body), JSON)
            answer = link.getresponse()
            answer.read()
            (times if answer.status == 201 else failed).append(1000 * (time.monotonic() - due))
    threads = [threading.Thread(target=client, args=(n,)) for n in range(32)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    if failed or len(times) < int(rate * seconds):
        sys.exit("paced creates failed")
    return sorted(times)[int(len(times) * 0.99)]


def flushes():
    """Appends of 4 KiB, each with fdatasync, a second: what this disk does by itself."""
    path, done, began = os.path.join(folder, "flush"), 0, time.monotonic()
    with open(path, "wb", buffering=0) as file:
        while time.monotonic() - began < 2:
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            done += 1
    os.remove(path)
    return done / 2


def visible(data):
    """Seconds from an extract's coming into the inbox (20 people, some 4,000 rows) to its Tasks being found."""
    extract, inbox = os.path.join(data, "extract"), os.path.join(data, "inbox", "emis")
    os.makedirs(inbox, exist_ok=True)
    subprocess.run([program, "sample", "--patients", "20", "--seed", "7", extract], check=True, stdout=subprocess.DEVNULL)
    client, began = http.client.HTTPConnection("127.0.0.1", port, timeout=30), time.monotonic()
    os.rename(extract, os.path.join(inbox, "extract"))
    while time.monotonic() - began < 60:
        client.request("GET", "/fhir/Task?_summary=count")
        if json.loads(client.getresponse().read())["total"] > 0:
            return time.monotonic() - began
        time.sleep(0.005)
    sys.exit("the extract never appeared")


def answered(links):
    """How many of these connections answer a request."""
    for link in links:
        link.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return sum(link.recv(4096).startswith(b"HTTP/1.1 200") for link in links)


def rss(service):
    with open(f"/proc/{service.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1000


def row(name, value, unit, bar, less=False):
    ratio = "" if not bar else f"{(bar / value if less else value / bar):.2f}"
    print(f"{name:<44}{value:>11,.{2 if value < 10 else 1}f} {unit:<4}{bar or '':>8}{ratio:>8}", flush=True)


os.makedirs(folder, exist_ok=True)
kept, data = os.path.join(folder, f"loaded-{resources}"), os.path.join(folder, "data")
if not os.path.exists(kept):
    load(kept + ".new")
    os.rename(kept + ".new", kept)
shutil.rmtree(data, ignore_errors=True)
shutil.copytree(kept, data)
service, ready = start(data)
try:
    print(f"{'figure':<44}{'measured':>11} {'':<4}{'bar':>8}{'ratio':>8}   (over 1: better than the bar)")
    row("ready", 1000 * ready, "ms", 300, True)
    row("reads", wrk("/fhir/Patient/p#"), "/s", 10_000)
    row("search by patient", wrk("/fhir/Observation?patient=Patient/p#"), "/s", 5_000)
    row("search by identifier", wrk("/fhir/Patient?identifier=https://example.org/n%7C#"), "/s", 5_000)
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(500)]
    answered(idle)
    row("reads beside 500 idle connections", wrk("/fhir/Patient/p#"), "/s", 10_000)
    row("idle connections held", answered(idle), "", 500)
    [link.close() for link in idle]
    row("durable creates, 32 clients",
        wrk("/fhir/ServiceRequest", "service_create.lua"), "/s", 1_500)
    row("extract in the inbox to visible in search", visible(data), "s", 1, True)
    row("limit: appends with a flush, one after another", flushes(), "/s", None)
    # A client in Python can't keep the pace of much more; the issue asks for 70 % of its bar.
    row("p99 of creates at 1,050/s (70 % of the bar)", paced_p99(1050), "ms", 25, True)
    row("resident, after all of this", rss(service), "MB", 150, True)
finally:
    stop(service)
