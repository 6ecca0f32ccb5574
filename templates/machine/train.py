"""Runs one command for whoever is connected: files come, the command runs among them, what it made goes back.

Frames: a letter, four bytes of length, bytes. In: J request, T archive, E its end, S signal, P which processes, H.
Out: O output, P processes, X how it ended, T archive, E its end, F why not, H.
Arguments: the user that runs it, the file of the ticket, a directory for this run alone."""

import hmac, json, os, pathlib, pwd, signal, socket, subprocess, sys, threading, time

USER, TICKET, WORK = pwd.getpwnam(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
AS_USER = {"user": USER.pw_uid, "group": USER.pw_gid, "extra_groups": []}
SILENCE, BEAT, PIECE = 90, 15, 65536
connection = socket.socket(fileno=0)
connection.settimeout(SILENCE)
lock = threading.Lock()


def send(kind, payload=b""):
    with lock:
        connection.sendall(kind + len(payload).to_bytes(4, "big") + payload)


def exactly(size):
    pieces = b""
    while len(pieces) < size:
        piece = connection.recv(min(PIECE, size - len(pieces)))
        if not piece:
            raise EOFError("the connection has ended")
        pieces += piece
    return pieces


def receive():
    head = exactly(5)
    size = int.from_bytes(head[1:], "big")
    if size > 2**20:
        raise ValueError("no frame")
    return head[:1], exactly(size)


def place(tree):
    """Files are at the same paths as where they come from, for this unit alone."""
    tree = pathlib.Path(tree)
    for parent in reversed(tree.parents):
        if parent.exists() and not parent.stat().st_mode & 1:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(parent)], check=True)
    tree.mkdir(parents=True, exist_ok=True)
    WORK.mkdir(parents=True)
    os.chown(WORK, USER.pw_uid, USER.pw_gid)
    subprocess.run(["mount", "--bind", str(WORK), str(tree)], check=True)


def unpack(tree):
    tar = subprocess.Popen(["tar", "-x", "-C", tree], stdin=subprocess.PIPE, stderr=subprocess.PIPE, **AS_USER)
    while (frame := receive())[0] != b"E":
        try:
            tar.stdin.write(frame[1] if frame[0] == b"T" else b"")
        except BrokenPipeError:
            break
    said = tar.communicate()[1].decode(errors="replace")
    if tar.returncode:
        raise OSError(f"the files could not be unpacked: {said[-500:]}")


def go_back(output):
    tar = subprocess.Popen(["tar", "-c", "-C", output, "--exclude=./data", "."], stdout=subprocess.PIPE, **AS_USER)
    while piece := tar.stdout.read(PIECE):
        send(b"T", piece)
    if tar.wait():
        raise OSError(f"what the command made cannot be read: tar ended with {tar.returncode}")
    send(b"E")


def signal_group(group, number):
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def later(grace, group):
    time_is_up = threading.Timer(grace, signal_group, [group, signal.SIGKILL])
    time_is_up.daemon = True
    time_is_up.start()


def processes(group):
    lines = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            state, _, of = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if int(of) == group and words:
            lines.append(f"{process.name} {state} {words}")
    return lines


def listen(group, grace):
    """The unit ends with this process, and all that it started with the unit."""
    try:
        while True:
            kind, payload = receive()
            if kind == b"S":
                signal_group(group, signal.Signals[payload.decode()])
                later(grace, group)
            elif kind == b"P":
                send(b"P", json.dumps(processes(group)).encode())
    except (OSError, EOFError, ValueError, KeyError):
        os._exit(1)


def beat():
    while True:
        time.sleep(BEAT)
        send(b"H")


def pump(stream):
    while piece := stream.read1(PIECE):
        send(b"O", piece)


def run(request):
    env = {"PATH": os.environ["PATH"], "HOME": USER.pw_dir, "USER": USER.pw_name, "LANG": "C.UTF-8", **request["env"]}
    words, cwd = [request["command"], *request["args"]], request["cwd"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    options = {**pipes, **AS_USER, "start_new_session": True, "umask": 0o022}
    try:
        child = subprocess.Popen(words, cwd=cwd, env=env, **options)
    except OSError as error:
        send(b"O", f"{words[0]}: {error.strerror}\n".encode())
        return 127
    threading.Thread(target=listen, args=[child.pid, request["grace"]], daemon=True).start()
    pumping = threading.Thread(target=pump, args=[child.stdout], daemon=True)
    pumping.start()
    code = child.wait()
    for last in (signal.SIGTERM, signal.SIGKILL):
        signal_group(child.pid, last)
        pumping.join(2)
    return code


def main():
    try:
        request = json.loads(receive()[1])
    except (OSError, EOFError, ValueError):
        return print("somebody was here who wanted nothing", file=sys.stderr)
    if not hmac.compare_digest(request["ticket"], TICKET.read_text()):
        raise SystemExit("somebody without a ticket was here")
    threading.Thread(target=beat, daemon=True).start()
    try:
        place(request["tree"])
        unpack(request["tree"])
        code = run(request)
        by = signal.Signals(-code).name if code < 0 else None
        send(b"X", json.dumps({"exitCode": None if by else code, "signal": by}).encode())
        go_back(request["output"])
    except (OSError, subprocess.SubprocessError) as error:
        send(b"F", str(error).encode())
        raise


main()
