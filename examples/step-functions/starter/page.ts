import { PermanentError } from '../../../kit/index.ts';

/** What the frontier's messages hold. */
export interface ToCrawl {
  readonly url: string;
}

/** @throws PermanentError where no retry will make a page of it */
export function toCrawl(body: unknown): ToCrawl {
  const url = (body as { url?: unknown } | null)?.url;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new PermanentError('url must be an absolute http or https URL', { name: 'ValidationError' });
  return { url };
}
