import { cut } from '../../handlers/core/redact.ts';

/**
 * Text of strangers as one line that a terminal only shows: control characters could move the cursor, change colours or
 * the title, or make a terminal answer; marks of direction could show a text other than it is.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
}

/** At most `max` characters, the last one `…` where something is left out. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${cut(text, max - 1).trimEnd()}…`;
}

/** `1 letter`, `2 letters`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? noun : `${noun}s`}`;
}

/** Seconds in words: `150 s`, `5 min`, `3 h`, `12 d`; rounded down to its unit. */
export function duration(seconds: number): string {
  if (seconds < 300) return `${Math.floor(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
