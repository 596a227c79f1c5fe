// The workflow's first step: fetches a page. The names of its errors are what the workflow's Retry looks at, and their
// words what the healer classifies.
import { requireEnv } from '../../../handlers/core/env.ts';
import { fetchPage, type Page } from './fetch-page.ts';

const environment = requireEnv(['FETCH_TIMEOUT_MS']);

export const handler = ({ url }: { readonly url: string }): Promise<Page> =>
  fetchPage(url, Number(environment.FETCH_TIMEOUT_MS));
