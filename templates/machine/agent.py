"""Everything on this machine that speaks to the store. Facts: /etc/wms/facts.json."""

import asyncio, datetime, fcntl, hashlib, hmac, json, os, pathlib, re, shutil, ssl, subprocess, sys, time, urllib.request

import boto3, botocore, botocore.config

STATE = pathlib.Path("/var/lib/wms")
# Exists once the database holds all that the newest dump had. Without it nothing is dumped: an empty database must
# never become the newest dump.
COMPLETE = STATE / "registry-complete"
DATABASE = "wms"
LOG_BYTES = 200_000
API = STATE / "api"
WMS = "/opt/wms/app/node_modules/.bin/wms"

facts = json.loads(pathlib.Path("/etc/wms/facts.json").read_text())
bucket = boto3.resource("s3", region_name=facts["region"]).Bucket(facts["store"]["bucket"])


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def run(*command, user=None, **options):
    runuser = ["runuser", "-u", user, "--"] if user else []
    options = {"cwd": "/", **options}
    done = subprocess.run([*runuser, *command], stdin=subprocess.DEVNULL, capture_output=True, **options)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def put(key, body):
    bucket.put_object(Key=key, Body=body)


def read(key):
    return bucket.Object(key).get()["Body"].read()


def journal(*options):
    return run("journalctl", "--unit=wms-*", "--no-pager", *options)


def change_report(**changes):
    """The note is written whole, also what an earlier boot or another process had told."""
    with open(STATE / "report.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = STATE / "report.json"
        report = json.loads(file.read_text()) if file.exists() else {"stage": "booted"}
        report = {**report, **changes, "session": facts["sessionId"], "at": now()}
        if report["stage"] != "failed":
            report.pop("failure", None)
        new = file.with_suffix(".new")
        new.write_text(json.dumps(report, indent=1) + "\n")
        new.rename(file)
        put(facts["reportKey"], file.read_bytes())


def report(stage):
    change_report(stage=stage)


def failed():
    """After a unit ended: tells what the units printed last, unless all is well."""
    is_stopping = subprocess.run(["systemctl", "is-system-running"], capture_output=True).stdout.strip() == b"stopping"
    if os.environ.get("SERVICE_RESULT") == "success" or is_stopping:
        return
    change_report(stage="failed", failure=journal("--lines=25", "--output=cat").decode(errors="replace")[-4000:])
    logs()


def logs():
    put(facts["logKey"], journal("--lines=5000", "--output=short-iso")[-LOG_BYTES:])


def restore():
    """Once in a machine's life: the database from the newest dump, or an empty one where there is none."""
    if COMPLETE.exists():
        return
    roles = run("psql", "-tAc", "select rolname from pg_roles", user="postgres").decode().split()
    if "wms" not in roles:
        run("createuser", "wms", user="postgres")
    run("dropdb", "--if-exists", "--force", DATABASE, user="postgres")
    run("createdb", "--owner=wms", DATABASE, user="postgres")
    pages = bucket.meta.client.get_paginator("list_objects_v2")
    answers = pages.paginate(Bucket=bucket.name, Prefix=facts["dumpPrefix"] + "/")
    keys = {item["Key"] for answer in answers for item in answer.get("Contents", [])}
    # The digest comes last: a dump without one was never finished.
    dumps = sorted(key for key in keys if key.endswith(".dump") and f"{key}.sha256" in keys)
    if dumps:
        restore_dump(dumps[-1])
    COMPLETE.touch()
    print(f"restored {dumps[-1]}" if dumps else "no dump in the store: the registry is empty")


def restore_dump(key):
    body = read(key)
    if hashlib.sha256(body).hexdigest() != read(f"{key}.sha256").decode().split()[0]:
        raise SystemExit(f"{key} is damaged: its SHA-256 is another one. Remove it from the store to use the one before.")
    file = STATE / "restore.dump"
    file.write_bytes(body)
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={DATABASE}"]
    run("pg_restore", *options, str(file), user="wms")
    file.unlink()
    # An older MLflow may have written it.
    run("/opt/wms/venv/bin/mlflow", "db", "upgrade", os.environ["WMS_DATABASE"], user="wms")


def dump():
    if not COMPLETE.exists():
        raise SystemExit("the registry was not restored: nothing is saved")
    with open(STATE / "dump.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        at = now()
        try:
            key = save(at)
        except BaseException as error:
            change_report(dump={"at": at, "failure": str(error)[-2000:]})
            raise
        (STATE / "dumped-at").write_text(at)
        change_report(dump={"at": at, "key": key})
        print(f"saved {key}")


def save(at):
    file = STATE / "registry.dump"
    file.write_bytes(run("pg_dump", "--format=custom", DATABASE, user="wms", timeout=120))
    run("pg_restore", "--list", str(file))
    body = file.read_bytes()
    key = f"{facts['dumpPrefix']}/{at.replace(':', '').replace('-', '')}-{facts['sessionId']}.dump"
    put(key, body)
    put(f"{key}.sha256", f"{hashlib.sha256(body).hexdigest()}  {key.rsplit('/', 1)[1]}\n".encode())
    return key


def last():
    """Before the machine is off."""
    try:
        dump()
    finally:
        logs()


def is_leased():
    """Prints yes when somebody holds a lease, no when nobody does."""
    leases = json.loads(read(facts["sessionKey"]))["leases"]
    print("yes" if any(parse(lease["until"]) > parse(now()) for lease in leases) else "no")


def api():
    """Without the model API the machine is of use, too: then the report tells why there is none."""
    told = {"api": "no Production model yet"}
    try:
        if prepare_api():
            run("systemctl", "start", "wms-api.service")
            wait_for(facts["ports"]["api"], "/v2/health/ready", 480, "wms-api.service")
            told = {}
    except (Exception, SystemExit) as error:
        print(f"the model API does not run: {error}")
        told = {"api": f"not running: {str(error)[-1000:]}"}
    change_report(stage="ready", told=told, isServing=not told)


def prepare_api():
    """Answers the version that will be served, or nothing."""
    if not facts["model"] and facts["registry"] != "mlflow":
        return None
    options = ["--prefix=/opt/wms/app", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=4"]
    os.path.exists(WMS) or run("npm", "install", *options, os.environ["WMS_PACKAGE"])
    API.mkdir(exist_ok=True)
    if facts["model"]:
        for file in facts["model"]["files"]:
            save_checked(file, "/".join(filter(None, [facts["store"]["prefix"], file["key"]])))
        return facts["model"]["version"]
    tracking = {"uri": f"http://127.0.0.1:{facts['ports']['mlflow']}"}
    registry = {"kind": "mlflow", "model": facts["modelName"]}
    (API / "wms.config.json").write_text(json.dumps({"tracking": tracking, "registry": registry}))
    shutil.chown(API, "wms", "wms")
    run("git", "init", "--quiet", user="wms", cwd=API)
    production = json.loads(run(WMS, "model", "baseline", "--json", user="wms", cwd=API))["production"]
    return production and production["version"]


def save_checked(file, key):
    body = read(key)
    if hashlib.md5(body, usedforsecurity=False).hexdigest() != file["md5"]:
        raise SystemExit(f"{key} is damaged: its MD5 is another one")
    (API / os.path.basename(file["name"])).write_bytes(body)


def train_ticket():
    """Whoever reads the report may send training commands; a request that got here by other ways starts nothing."""
    file = STATE / "train-ticket"
    if not file.exists():
        file.touch(0o600)
        file.write_text(os.urandom(24).hex())
    return file.read_text()


KEYS = pathlib.Path("/var/lib/wms-tunnel/.ssh/authorized_keys")
HOST_KEY = pathlib.Path("/etc/ssh/ssh_host_ed25519_key.pub")
PUBLIC_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]{60,100}")


class Doors:
    """Lets in who asks for it in a note: by SSH with a key, or by TLS with a token; only to the two ports."""

    def __init__(self):
        self.tokens, self.server, self.seen = [], None, None
        self.certificate, key = STATE / "door.crt", STATE / "door.key"
        subject = ["-nodes", "-subj", "/CN=wms", "-days", "30", "-keyout", str(key), "-out", str(self.certificate)]
        if not self.certificate.exists():
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *subject)
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(self.certificate, key)

    async def keep(self):
        while True:
            try:
                await self.look()
            except Exception as error:
                print(f"doors stay as they are: {error}")
            await asyncio.sleep(5)

    async def look(self):
        doors = [door for door in await asyncio.to_thread(read_doors) if parse(door["until"]) > parse(now())]
        if doors == self.seen:
            return
        allowed = ",".join(f'permitopen="127.0.0.1:{port}"' for port in facts["ports"].values())
        keys = [door["key"] for door in doors if PUBLIC_KEY.fullmatch(door.get("key") or "")]
        KEYS.parent.mkdir(parents=True, exist_ok=True)
        KEYS.write_text("".join(f"restrict,port-forwarding,{allowed} {key}\n" for key in keys))
        self.tokens = [door["token"] for door in doors if door.get("token")]
        if self.tokens and not self.server:
            self.server = await asyncio.start_server(self.enter, "0.0.0.0", facts["doorPort"], ssl=self.tls)
        elif self.server and not self.tokens:
            self.server.close()
            self.server = None
        told = {"doors": [door["id"] for door in doors], "certificate": self.certificate.read_text()}
        told["trainTicket"] = train_ticket()
        if HOST_KEY.exists():
            told["hostKey"] = " ".join(HOST_KEY.read_text().split()[:2])
        await asyncio.to_thread(lambda: change_report(**told))
        self.seen = doors

    async def enter(self, reader, writer):
        try:
            token, port = (await asyncio.wait_for(reader.readline(), 10)).decode().split()
            if any(hmac.compare_digest(token, known) for known in self.tokens) and int(port) in facts["ports"].values():
                there, back = await asyncio.open_connection("127.0.0.1", int(port))
                await asyncio.gather(pour(reader, back), pour(there, writer))
        except (OSError, ValueError, TimeoutError):
            pass
        finally:
            writer.close()


async def pour(source, target):
    try:
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


def read_doors():
    try:
        return json.loads(read(facts["doorsKey"]))["doors"]
    except bucket.meta.client.exceptions.NoSuchKey:
        return []


def ssm():
    """Debian has no package of the agent for Session Manager. Where it cannot be had there are other ways in."""
    settings = botocore.config.Config(signature_version=botocore.UNSIGNED, connect_timeout=5, read_timeout=30)
    arch = run("dpkg", "--print-architecture").decode().strip()
    file = STATE / "amazon-ssm-agent.deb"
    s3 = boto3.client("s3", region_name=facts["region"], config=settings)
    s3.download_file(f"amazon-ssm-{facts['region']}", f"latest/debian_{arch}/amazon-ssm-agent.deb", str(file))
    run("dpkg", "--install", str(file))


def wait_for(port, path, seconds=180, unit=None):
    until = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
        except OSError as error:
            if time.monotonic() > until:
                raise SystemExit(f"nothing answers on port {port}: {error}")
            if unit and not subprocess.run(["systemctl", "is-failed", "--quiet", unit]).returncode:
                raise SystemExit(run("journalctl", f"_SYSTEMD_UNIT={unit}", "--lines=6", "--output=cat").decode())
        time.sleep(1)


COMMANDS = {
    **{"report": report, "failed": failed, "logs": logs, "restore": restore, "dump": dump, "last": last},
    **{"is-leased": is_leased, "wait-for": wait_for, "api": api, "ssm": ssm},
    "doors": lambda: asyncio.run(Doors().keep()),
}
COMMANDS[sys.argv[1]](*sys.argv[2:])
