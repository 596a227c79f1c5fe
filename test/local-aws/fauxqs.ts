// fauxqs, the emulator of SQS and SNS, inside this process: no port, no second copy of Node.
import { buildApp } from 'fauxqs';

export type FauxqsReply = { status: number; headers: Record<string, string>; body: string };
export type QueueDepth = { name: string; visible: number; inFlight: number; delayed: number };

export type Fauxqs = {
  /** One request of the SQS (JSON) or SNS (query) protocol. */
  request(headers: Record<string, string>, body: string): Promise<FauxqsReply>;
  /** As fauxqs counts: what became visible again, or due, is counted so from the next receive on. */
  depths(): Promise<QueueDepth[]>;
  /** Of one queue, as it is at this moment. Reads every message. */
  depth(queue: string): Promise<QueueDepth | undefined>;
  /** Every message of a queue, whatever its state, without receiving it. */
  bodies(queue: string): Promise<StoredMessage[]>;
  stop(): Promise<void>;
};

export type StoredMessage = {
  messageId: string;
  body: string;
  messageAttributes?: Record<string, { DataType: string; StringValue?: string }>;
  messageGroupId?: string;
  messageDeduplicationId?: string;
};

type Listed = {
  name: string;
  approximateMessageCount: number;
  approximateInflightCount: number;
  approximateDelayedCount: number;
};
type Inspected = {
  messages: {
    ready: StoredMessage[];
    delayed: (StoredMessage & { delayUntil: number })[];
    inflight: { message: StoredMessage; visibilityDeadline: number }[];
  };
};

export async function startFauxqs(region: string): Promise<Fauxqs> {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.ready();

  async function inspect(queue: string): Promise<Inspected['messages'] | undefined> {
    const reply = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${encodeURIComponent(queue)}` });
    return reply.statusCode === 200 ? reply.json<Inspected>().messages : undefined;
  }

  return {
    async request(headers, body) {
      const reply = await app.inject({ method: 'POST', url: '/', headers, payload: body });
      const contentType = String(reply.headers['content-type'] ?? 'application/x-amz-json-1.0');
      const queryError = reply.headers['x-amzn-query-error'];
      const extra: Record<string, string> =
        queryError === undefined ? {} : { 'x-amzn-query-error': String(queryError) };
      return { status: reply.statusCode, headers: { 'content-type': contentType, ...extra }, body: reply.body };
    },
    async depths() {
      const queues = (await app.inject({ method: 'GET', url: '/_fauxqs/queues' })).json<Listed[]>();
      return queues.map((queue) => ({
        name: queue.name,
        visible: queue.approximateMessageCount,
        inFlight: queue.approximateInflightCount,
        delayed: queue.approximateDelayedCount,
      }));
    },
    async depth(name) {
      const messages = await inspect(name);
      if (messages === undefined) return undefined;
      const now = Date.now();
      const inFlight = messages.inflight.filter(({ visibilityDeadline }) => visibilityDeadline > now).length;
      const delayed = messages.delayed.filter(({ delayUntil }) => delayUntil > now).length;
      const all = messages.ready.length + messages.inflight.length + messages.delayed.length;
      return { name, visible: all - inFlight - delayed, inFlight, delayed };
    },
    async bodies(queue) {
      const { ready, delayed, inflight } = (await inspect(queue)) ?? { ready: [], delayed: [], inflight: [] };
      return [...ready, ...delayed, ...inflight.map((entry) => entry.message)];
    },
    stop: () => app.close(),
  };
}
