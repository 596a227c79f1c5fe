// Takes a minute: `npm run test:quick` leaves it out.
import { expect, it } from 'vitest';
import { run } from './run.ts';

it('the code builds to the very bytes that are committed in dist/', () => {
  expect(run(process.execPath, 'build.mjs', '--check')).toContain('dist/heal.zip');
});
