// Child processes that cannot outlive this one. Each runs in a process group of its own, so that ending the group
// ends grandchildren too (Terraform's provider, the interpreter behind a version manager's shim). A small watcher
// inside the group reads a pipe that only this process holds open: when this process dies, however it dies, the pipe
// closes and the watcher ends the group.
import { type ChildProcess, spawn } from 'node:child_process';

const WATCH = 'exec 3<&0; { cat <&3 >/dev/null; kill -KILL 0; } >/dev/null 2>&1 & exec 3<&-; exec "$@" </dev/null';

const alive = new Set<ChildProcess>();

export type GuardedOptions = { cwd?: string; env?: NodeJS.ProcessEnv };

/** Starts a command whose whole process group ends with this process. Its stdout and stderr are pipes. */
export function spawnGuarded(command: string, args: readonly string[], options: GuardedOptions = {}): ChildProcess {
  const child = spawn('/bin/sh', ['-c', WATCH, 'guarded', command, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // The watcher may be gone before the pipe is closed.
  child.stdin?.on('error', () => undefined);
  alive.add(child);
  child.once('exit', () => {
    alive.delete(child);
    child.stdin?.destroy();
  });
  return child;
}

/** Ends the child's process group at once and resolves when the child is gone. */
export async function killGuarded(child: ChildProcess): Promise<void> {
  const gone = child.exitCode !== null || child.signalCode !== null;
  const exit = gone ? undefined : new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killGroup(child);
  await exit;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

// A normal exit closes the pipes as well; ending the groups here only makes it immediate.
process.once('exit', () => {
  for (const child of alive) killGroup(child);
});
