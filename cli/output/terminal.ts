import pc from 'picocolors';
import type { Output } from '../session.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/** Colour only on a terminal that has it; https://no-color.org. Node's own test knows TERM and FORCE_COLOR. */
export function coloursOf(stdout: Output, env: Readonly<Record<string, string | undefined>>): Colours {
  const wanted = (env.NO_COLOR ?? '') === '' && stdout.isTTY === true && stdout.hasColors?.() === true;
  return pc.createColors(wanted);
}

const NARROWEST = 40;
/** Of output that goes to no terminal. */
const USUAL = 100;

/** Columns to fill: the terminal's, or `COLUMNS`, which shells and tests set for pipes. */
export function widthOf(stdout: Output, env: Readonly<Record<string, string | undefined>>): number {
  const told = /^\d{1,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
  const columns = stdout.columns ?? 0;
  return Math.max(NARROWEST, columns > 0 ? columns : told > 0 ? told : USUAL);
}
