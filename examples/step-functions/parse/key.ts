import { createHash } from 'node:crypto';

/** Where a page is stored: the same place however often it is crawled, so that a second execution writes the same object. */
export const keyOf = (url: string): string =>
  `pages/${createHash('sha256').update(url).digest('hex').slice(0, 32)}.json`;
