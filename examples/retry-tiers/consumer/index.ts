// With the kit: each message of a batch stands for itself, comes back after a back-off with jitter, and knows its tries.
import { consume } from '../../../kit/index.ts';
import { note } from '../book.ts';
import { check } from '../order.ts';

export const handler = consume(
  async (message) => {
    const { orderId } = message.json<{ orderId: string }>();
    const { tries } = message;
    let booked = false;
    try {
      check(message.json(), tries);
      booked = true;
    } finally {
      await note({ key: `orders#${orderId}`, tries, booked });
    }
  },
  // Short, so that a demonstration ends soon. The default goes from 5 seconds to 15 minutes.
  { backoff: { baseSeconds: 1, maxSeconds: 4 } },
);
