"""Twice a minute, from the first minute on: ends the machine in time. Needs nothing but Python and systemd."""

import datetime, json, os, pathlib, subprocess, time, urllib.request

METADATA = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
STATE = pathlib.Path("/var/lib/wms-watchdog")
USED = pathlib.Path("/run/wms-used")
ESTABLISHED, TIME_WAIT = "01", "06"

facts = json.loads(pathlib.Path("/etc/wms/facts.json").read_text())


def metadata(path, method="GET", **headers):
    headers = {f"X-aws-ec2-metadata-{name.replace('_', '-')}": value for name, value in headers.items()}
    request = urllib.request.Request(f"{METADATA}/latest/{path}", method=method, headers=headers)
    return urllib.request.urlopen(request, timeout=5).read().decode()


def tag(name):
    """Null: there is none, or no answer."""
    try:
        token = metadata("api/token", "PUT", token_ttl_seconds="60")
        return parse(metadata(f"meta-data/tags/instance/{name}", token=token))
    except (OSError, ValueError):
        return None


def parse(text):
    return datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))


def saved(path):
    try:
        return parse(path.read_text())
    except (OSError, ValueError):
        return None


def deadline():
    """The latest that was ever told: one that was put off stays so while the metadata service does not answer."""
    file = STATE / "deadline"
    latest = max(filter(None, [parse(facts["deadline"]), tag(facts["deadlineTag"]), saved(file)]))
    file.write_text(latest.isoformat())
    return latest


def is_asked():
    """Linux keeps a closed connection in TIME_WAIT for 60 s, so looking twice a minute misses none."""
    ports = {f"{port:04X}" for port in facts["ports"].values()}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        lines = pathlib.Path(table).read_text().splitlines()[1:] if os.path.exists(table) else []
        for _, local, remote, state, *_ in map(str.split, lines):
            ends = {local.rsplit(":", 1)[1], remote.rsplit(":", 1)[1]}
            if state in (ESTABLISHED, TIME_WAIT) and ends & ports:
                return True
    return False


def is_leased():
    """Also when that cannot be known: then the deadline ends the machine."""
    asked = ["/opt/wms/venv/bin/python", "/opt/wms/agent.py", "is-leased"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=60).stdout.strip() != b"no"
    except (OSError, subprocess.TimeoutExpired):
        return True


def power_off(why):
    # As a notice: the unit logs nothing less, or the rest would not be found between its starts and ends.
    print(f"<5>powering off: {why}", flush=True)
    subprocess.run(["systemctl", "poweroff", "--no-block"], check=True)


def main():
    now = datetime.datetime.now(datetime.timezone.utc)
    until = deadline()
    if now >= until:
        return power_off(f"the deadline was {until.isoformat()}")
    if is_asked() or not USED.exists():
        USED.touch()
    elif time.time() - USED.stat().st_mtime >= facts["idleMinutes"] * 60:
        if not is_leased():
            return power_off(f"nobody used it for {facts['idleMinutes']} minutes")
        USED.touch()
    wanted, dumped = tag(facts["dumpTag"]), saved(pathlib.Path("/var/lib/wms/dumped-at"))
    if wanted and (dumped is None or dumped < wanted):
        subprocess.run(["systemctl", "start", "--no-block", "wms-dump.service"], check=True)


main()
