"""Types into an interactive shell on a pseudo-terminal: python3 typing.py EXPECTED TEXT COMMAND [ARGUMENT…]

Ends with 0 as soon as the terminal shows EXPECTED after TEXT was typed, with 1 and all that it showed after 30 seconds.
The shell is ready when it shows "ready>".
"""
import os, pty, select, sys, time

expected, text, command = sys.argv[1], sys.argv[2].encode().decode("unicode_escape"), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen, typed, deadline = "", False, time.monotonic() + 30
while time.monotonic() < deadline:
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            seen += os.read(terminal, 65536).decode(errors="replace")
        except OSError:  # Linux tells of the end by EIO
            break
    if not typed and "ready>" in seen:
        seen, typed = "", True
        os.write(terminal, text.encode())
    if typed and expected in seen:
        os.kill(child, 9)
        os.waitpid(child, 0)
        sys.exit(0)
os.kill(child, 9)
os.waitpid(child, 0)
print(repr(seen))
sys.exit(1)
