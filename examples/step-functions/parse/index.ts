// The workflow's second step: takes out of a page what is wanted, and says where it belongs.
import { requireEnv } from '../../../handlers/core/env.ts';
import type { Page } from '../fetch/fetch-page.ts';
import { type Extract, extract } from './extract.ts';
import { keyOf } from './key.ts';

const environment = requireEnv(['PARSER']);

interface Step {
  readonly fetched: { readonly page: Page };
  /** There where the healer has started this execution in the place of one that failed. */
  readonly dlqHealer?: { readonly attempt: number; readonly failedAt: string };
}

interface Parsed {
  readonly key: string;
  readonly page: Extract & {
    readonly url: string;
    readonly fetchedAt: string;
    /** Null for what came at its first try. */
    readonly reprocessed: { readonly attempt: number; readonly failedAt: string } | null;
  };
}

export async function handler({ fetched: { page }, dlqHealer }: Step): Promise<Parsed> {
  const { url, html, fetchedAt } = page;
  const reprocessed = dlqHealer === undefined ? null : { attempt: dlqHealer.attempt, failedAt: dlqHealer.failedAt };
  const found = extract(html, url, environment.PARSER === '1' ? 1 : 2);
  return { key: keyOf(url), page: { url, fetchedAt, ...found, reprocessed } };
}
