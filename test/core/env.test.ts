import { expect, it } from 'vitest';
import { requireEnv } from '../../handlers/core/env.ts';

it('returns the variables that were asked for', () => {
  expect(requireEnv(['A', 'B'], { A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2' });
});

it('names every missing or empty variable at once', () => {
  expect(() => requireEnv(['A', 'B', 'C'], { B: '', C: 'x' })).toThrow('missing environment variables A, B: ');
});
