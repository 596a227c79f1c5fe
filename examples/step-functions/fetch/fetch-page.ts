/** A page as the next step gets it. */
export interface Page {
  readonly url: string;
  readonly html: string;
  /** The page is longer than what is passed on. */
  readonly isCut: boolean;
  readonly fetchedAt: string;
}

/**
 * What travels between two steps has at most 256 KiB, escaped; larger pages would lie in S3 and travel as keys.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MAX_CHARACTERS = 60_000;

class FetchError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = name;
  }
}

/**
 * @throws Error named `FetchTimeout`, `TooManyRequests` or `UpstreamError` where a retry may help; `PageNotFound`,
 *   `AccessDenied` or `PageRefused` where it will not
 */
export async function fetchPage(url: string, timeoutMs: number): Promise<Page> {
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal, headers: { accept: 'text/html', 'user-agent': 'dlq-healer-example' } });
    if (!response.ok) throw refusal(response, host);
    const html = await response.text();
    return {
      url,
      html: html.slice(0, MAX_CHARACTERS),
      isCut: html.length > MAX_CHARACTERS,
      fetchedAt: new Date().toISOString(),
    };
  } catch (error) {
    if (error instanceof FetchError) throw error;
    if (signal.aborted) throw new FetchError('FetchTimeout', `${host} did not answer within ${timeoutMs} ms`, error);
    // `fetch failed` says nothing; its cause does.
    const cause = (error as Error).cause ?? error;
    throw new FetchError('UpstreamError', `${host} cannot be reached: ${(cause as Error).message}`, error);
  }
}

/** @returns an error whose words say what the status means, for no status travels with a Lambda error */
function refusal({ status, statusText }: Response, host: string): FetchError {
  const words = `${status} ${statusText} from ${host}`;
  if (status === 429) return new FetchError('TooManyRequests', words);
  if (status === 404 || status === 410) return new FetchError('PageNotFound', words);
  if (status === 401 || status === 403) return new FetchError('AccessDenied', words);
  return new FetchError(status >= 500 ? 'UpstreamError' : 'PageRefused', words);
}
