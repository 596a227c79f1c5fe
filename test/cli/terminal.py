"""Runs a command on a pseudo-terminal of so many columns: python3 terminal.py COLUMNS COMMAND [ARGUMENT…]

What the command prints comes out as the terminal would get it; the exit code is the command's, 128 and the signal's
number where one ended it.

The variable TERMINAL_STEPS may hold a conversation, a JSON list of steps done one after another. A step waits for
`text`, or for what `pattern` matches, in what was printed since the last one, colours left out; then it does what it
names: `send` these keys, send this `signal`, `resize` to these columns and rows. What cannot be said within
TERMINAL_SECONDS (60) ends the command and is told on standard error, as exit code 124; so are steps left over.
Standard error ends with a line of JSON: the sizes, each with the count of the bytes printed before it.
"""
import codecs, fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

ROWS = 50
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[78=>])")

columns, command = int(sys.argv[1]), sys.argv[2:]
steps = json.loads(os.environ.pop("TERMINAL_STEPS", "null"))
deadline = time.monotonic() + float(os.environ.pop("TERMINAL_SECONDS", "60"))
child, terminal = pty.fork()


def resize(file, columns, rows):
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


if child == 0:
    # Before the command starts, or it would see a terminal of no width.
    resize(1, columns, ROWS)
    os.execvp(command[0], command)

sizes, printed, unread = [[0, columns, ROWS]], 0, ""
decode = codecs.getincrementaldecoder("utf-8")("replace").decode


def found(step):
    """Whether what the step waits for is there; what comes after it is the next one's to search."""
    global unread
    plain = ESCAPES.sub("", unread)
    pattern = step.get("pattern", re.escape(step.get("text", "")))
    match = re.search(pattern, plain)
    if match:
        unread = plain[match.end():]
    return match


def do(step):
    if "send" in step:
        os.write(terminal, step["send"].encode())
    if "signal" in step:
        os.kill(child, getattr(signal, step["signal"]))
    if "resize" in step:
        resize(terminal, *step["resize"])
        sizes.append([printed, *step["resize"]])


def read():
    """The next bytes; none at the command's end."""
    if steps is not None and not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        return None
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux tells of the end by EIO
        return b""


while data := read():
    sys.stdout.buffer.write(data)
    printed += len(data)
    if steps:
        unread += decode(data)
        while steps and found(steps[0]):
            do(steps.pop(0))
sys.stdout.flush()
if data is None:
    os.kill(child, signal.SIGKILL)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
if data is None or steps:
    waited = f"before {json.dumps(steps[0])}" if steps else "after the last step"
    print("did not end in time," if data is None else f"ended with code {code}", waited, file=sys.stderr)
    code = 124
if steps is not None:
    print(json.dumps(sizes), file=sys.stderr)
sys.exit(code if code >= 0 else 128 - code)
