/** Numbers with which drivers and operating systems say what went wrong, each as `vendor:number`. */

export type DriverVendor = 'errno' | 'mysql' | 'oracle' | 'mssql' | 'db2';

const PATTERNS: readonly (readonly [DriverVendor, RegExp])[] = [
  // `[Errno 111]`, `(os error 111)`, `errno: -111`, `errno=111`
  ['errno', /\[Errno (-?\d{1,5})\]|\(os error (\d{1,5})\)|\berrno["']?[=: ]{1,3}(-?\d{1,5})\b/gi],
  // `(1045, "Access denied`, `ERROR 1045 (28000)`, `SQLSTATE[HY000] [1045]`, `Error 1045 (28000):`, `Error 1045:`
  [
    'mysql',
    /(?:^|[\s:(])\((\d{4}), ["']|\berror (\d{4}) \([0-9A-Z]{5}\)|\] \[(\d{4})\] |\bMySQL\w{0,20}: Error (\d{4})\b/gi,
  ],
  ['oracle', /\bORA-(\d{5})\b/g],
  // `Error Number:1205,State:51`, `Msg 1205, Level 13`, `Error: 1205, Severity: 13`
  [
    'mssql',
    /\b(?:Error Number|Msg|Error|SQL Server error):? ?(-?\d{1,5})\b,? (?:State|Level|Severity)|\bError Number:(-?\d{1,5}),State/gi,
  ],
  // `SQLCODE=-803`, `SQL0803N`, `SQL30082N`
  ['db2', /\bSQLCODE[=: ]{1,2}-(\d{2,5})\b|\bSQL(\d{4,5})N\b/g],
];

/** In small letters; a text without any of them holds no such number. */
export const DRIVER_CODE_SIGNS: readonly string[] = [
  ...['errno', 'os error', 'error ', 'error:', '] [', 'ora-', 'number:', 'msg ', 'msg:', 'sqlcode', 'sql'],
  // MySQL's as Python prints them: `(1045, "Access denied`
  ...Array.from({ length: 90 }, (_, tens) => `(${tens + 10}`),
];

const MAX_CODES = 20;

/** Codes of drivers and operating systems that the text shows to be one, each once, in order. */
export function driverCodesIn(text: string): string[] {
  const found = new Set<string>();
  for (const [vendor, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const digits = match.slice(1).find((group) => group !== undefined);
      if (digits !== undefined && found.size < MAX_CODES) found.add(`${vendor}:${Number(digits)}`);
    }
  }
  return [...found];
}
