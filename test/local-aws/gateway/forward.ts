// Passes a call on to moto as it came.
import { Agent, request } from 'node:http';
import type { Call, Reply } from './call.ts';

export type Forward = { (call: Call): Promise<Reply>; close(): void };

// moto serves each connection with a thread of its own and works under one lock; more connections only queue there.
const MAX_CONNECTIONS = 16;

export function forwardTo(port: number): Forward {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const forward = (call: Call): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, agent, method: call.method, path: call.url, headers: headersOf(call) };
      const sent = request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const headers = Object.fromEntries(
            Object.entries(answer.headers).filter(([name]) => name !== 'connection' && name !== 'transfer-encoding'),
          ) as Record<string, string>;
          resolve({ status: answer.statusCode ?? 500, headers, body: Buffer.concat(chunks) });
        });
      });
      sent.on('error', reject);
      sent.end(call.body);
    });
  return Object.assign(forward, { close: () => agent.destroy() });
}

function headersOf(call: Call): Record<string, string> {
  const { connection: _, 'transfer-encoding': __, ...headers } = call.headers;
  return { ...headers, 'content-length': String(call.body.length) };
}
