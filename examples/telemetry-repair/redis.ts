import { createClient } from '@redis/client';

export type RedisClient = ReturnType<typeof clientFor>;

/** Does some work on the one connection of this execution environment. */
export type Redis = <T>(work: (client: RedisClient) => Promise<T>) => Promise<T>;

/**
 * Connects when first asked, keeps the connection for later invocations, and makes another when that one is broken.
 * `rediss://` means TLS.
 */
export function redisAt(url: string): Redis {
  let current: Promise<RedisClient> | undefined;

  async function connected(): Promise<RedisClient> {
    const known = current;
    const client = await known?.catch(() => undefined);
    if (client?.isReady) return client;
    // The messages of a batch run beside each other: the first to find it broken opens another for all.
    if (current === known) current = open(url);
    return current as Promise<RedisClient>;
  }

  return async (work) => {
    const client = await connected();
    try {
      return await work(client);
    } catch (error) {
      if (client.isReady) throw error; // Redis itself said no
      // Lambda freezes an environment between invocations, and does not see that the other side hung up. What is asked
      // here may be asked twice.
      return work(await connected());
    }
  };
}

async function open(url: string): Promise<RedisClient> {
  const client = clientFor(url);
  // Each failure reaches whoever asked; without a listener the process would end of it as well.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Fails at once instead of waiting for Redis to come back: the queue waits better than a function that is paid for. */
const clientFor = (url: string) =>
  createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2_000, reconnectStrategy: false } });
