"""Runs a command on a pseudo-terminal of so many columns: python3 terminal.py COLUMNS COMMAND [ARGUMENT…]

What the command prints comes out as the terminal would get it; the exit code is the command's.
"""
import fcntl, os, pty, struct, sys, termios

columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    # Before the command starts, or it would see a terminal of no width.
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.execvp(command[0], command)
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:  # Linux tells of the end by EIO
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
