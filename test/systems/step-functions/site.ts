// The web that is crawled: a server on this machine whose pages behave as their kinds say.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Kind } from './pages.ts';

export interface Site {
  readonly origin: string;
  /** By path: how often it was asked for. */
  readonly requests: ReadonlyMap<string, number>;
  /** The crawler is let in everywhere from now on. */
  unlock(): void;
  close(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const requests = new Map<string, number>();
  let isLocked = true;
  const server = createServer(({ url: path = '/' }, response) => {
    const count = (requests.get(path) ?? 0) + 1;
    requests.set(path, count);
    answer(path.split('/')[1] as Kind, count, isLocked, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    unlock() {
      isLocked = false;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(kind: Kind, count: number, isLocked: boolean, response: ServerResponse): void {
  const page = (head: string) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<html><head>${head}</head><body><p>Some words.</p><a href="/steady/0#top">next</a></body></html>`);
  };
  const refuse = (status: number) => response.writeHead(status).end();
  const isDown = kind === 'hopeless' || (kind === 'flaky' && count <= 2) || (kind === 'outlasting' && count <= 4);
  if (kind === 'slow' && count <= 3) return; // whoever asks gives up
  if (kind === 'gone') refuse(404);
  else if (kind === 'locked' && isLocked) refuse(401);
  else if (isDown) refuse(503);
  else page(kind === 'titleless' ? '' : `<title>A ${kind} page</title>`);
}
