import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import validate from 'asl-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchPage } from '../../examples/step-functions/fetch/fetch-page.ts';
import { extract } from '../../examples/step-functions/parse/extract.ts';
import { keyOf } from '../../examples/step-functions/parse/key.ts';
import { toCrawl } from '../../examples/step-functions/starter/page.ts';
import { classify } from '../../handlers/core/classify.ts';
import { letter } from '../core/builders.ts';

describe('a message of the frontier', () => {
  it('names a page', () => {
    expect(toCrawl({ url: 'https://a.example/1', depth: 2 })).toEqual({ url: 'https://a.example/1' });
  });

  it.each([[null], ['text'], [{}], [{ url: 7 }], [{ url: '/1' }], [{ url: 'ftp://a.example' }]])(
    'that names none is given up at once: %j',
    (body) => {
      expect(() => toCrawl(body)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
    },
  );
});

describe('the workflow', () => {
  const text = readFileSync('examples/step-functions/crawl.asl.json', 'utf8')
    .replaceAll(/\$\{partition\}/g, 'aws')
    .replaceAll(/\$\{(fetch|parse)_arn\}/g, 'arn:aws:lambda:eu-west-1:123456789012:function:crawler-$1')
    .replaceAll(/\$\{bucket\}/g, 'crawler-pages');
  const definition = JSON.parse(text) as { States: Record<string, { Retry: { ErrorEquals: string[] }[] }> };

  it('is a sound definition, with every gap filled', () => {
    expect(text).not.toContain('${');
    expect(validate(JSON.parse(text), { checkPaths: true, checkArn: true }).errors).toEqual([]);
  });

  it('retries with back-off and full jitter, and only what passes', () => {
    for (const { Retry } of Object.values(definition.States))
      expect(Retry).toMatchObject([{ BackoffRate: 2, JitterStrategy: 'FULL', MaxAttempts: 2 }]);
    const retried = definition.States.Fetch?.Retry[0]?.ErrorEquals ?? [];
    expect(retried).toEqual(expect.arrayContaining(['UpstreamError', 'FetchTimeout', 'TooManyRequests']));
    for (const permanent of ['PageNotFound', 'AccessDenied', 'PageRefused', 'States.ALL', 'States.TaskFailed'])
      expect(retried).not.toContain(permanent);
  });
});

describe('fetching a page', () => {
  const server = createServer(({ url }, response) => {
    if (url === '/hangs') return;
    if (url === '/long') response.end('x'.repeat(70_000));
    else if (url === '/page') response.end('<title>A page</title>');
    else response.writeHead(Number(url?.slice(1))).end();
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives what comes, cut to what travels between two steps', async () => {
    expect(await fetchPage(`${origin}/page`, 5_000)).toMatchObject({ html: '<title>A page</title>', isCut: false });
    expect(await fetchPage(`${origin}/long`, 5_000)).toMatchObject({ html: 'x'.repeat(60_000), isCut: true });
  });

  it.each([
    ['/404', 'PageNotFound', 'VALIDATION_ERROR'],
    ['/410', 'PageNotFound', 'VALIDATION_ERROR'],
    ['/401', 'AccessDenied', 'AUTH_FAILURE'],
    ['/403', 'AccessDenied', 'AUTH_FAILURE'],
    ['/429', 'TooManyRequests', 'THROTTLED'],
    ['/500', 'UpstreamError', 'DEPENDENCY_FAILURE'],
    ['/503', 'UpstreamError', 'DEPENDENCY_FAILURE'],
    ['/hangs', 'FetchTimeout', 'TIMEOUT'],
  ])('%s is told as %s, which is %s to the healer', async (path, name, failureClass) => {
    const error = await fetchPage(`${origin}${path}`, 200).catch((thrown: Error) => thrown);
    if (!(error instanceof Error)) throw new Error('it was fetched');
    expect(error.name).toBe(name);
    const evidence = { source: 'step-functions', errorType: error.name, message: error.message } as const;
    expect(classify(evidence, letter(), { queue: 'crawls', rules: [] }).failureClass).toBe(failureClass);
  });

  it('of a server that is not there says so', async () => {
    await expect(fetchPage('http://127.0.0.1:9/', 2_000)).rejects.toMatchObject({ name: 'UpstreamError' });
  });
});

describe('what is taken out of a page', () => {
  const PAGE = `<html><head><TITLE lang="en"> A page
    </TITLE><style>p { color: red }</style></head><body><!-- <a href="/hidden">no</a> -->
    <p>Four words are here</p><script>const a = "<a href='/script'>";</script>
    <a class="x" href="/one#top">1</a> <a href='two?a=1&amp;b=2'>2</a> <a href=https://b.example/3>3</a>
    <a href="/one">again</a> <a href="mailto:a@b.example">mail</a> <a href="http://[">broken</a></body></html>`;

  it('is its title, its links and how much it says', () => {
    expect(extract(PAGE, 'https://a.example/dir/page', 2)).toEqual({
      title: 'A page',
      links: ['https://a.example/one', 'https://a.example/dir/two?a=1&b=2', 'https://b.example/3'],
      words: 12,
    });
  });

  it('is no title where there is none, which the first parser stumbles over', () => {
    expect(extract('<p>x</p>', 'https://a.example', 2).title).toBeNull();
    expect(() => extract('<p>x</p>', 'https://a.example', 1)).toThrow(TypeError);
  });

  it('lies under one key for each page', () => {
    expect(keyOf('https://a.example/1')).toMatch(/^pages\/[0-9a-f]{32}\.json$/);
    expect(keyOf('https://a.example/1')).not.toBe(keyOf('https://a.example/2'));
  });
});
