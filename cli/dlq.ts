import { run } from './program.ts';

// Not process.exit(): what is still on its way to a pipe would be cut off.
process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
});
