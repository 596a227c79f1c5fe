import { createHash } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { type Deadline, within } from './deadline.ts';
import { textOf } from './describe-error.ts';
import { TimeoutError } from './errors.ts';
import type { Message, MessageContext, MessageHandler } from './message.ts';
import type { Services } from './services.ts';
import type { Topology } from './topology.ts';

/** What came of running the handler on one message. */
export type Attempt =
  | { readonly kind: 'processed' }
  /** The heal key was processed before. */
  | { readonly kind: 'duplicate' }
  /** Another run of the same heal key has not ended. */
  | { readonly kind: 'in-progress' }
  /** `keyHeld`: the heal key stays taken until this invocation's deadline; nobody can run it before. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly keyHeld: boolean };

/** Longer than any DLQ keeps a message (14 days), so that a letter found late is still known. */
const EXPIRES_AFTER_SECONDS = 15 * 86_400;

/** Stands in for the handler's error inside Powertools, which treats some error names as its own. */
class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed';
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Runs the handler on one message, once per heal key, and gives it up at the deadline. Never throws. `chain` names the
 * redrive chain that the message is in: the same for a source queue and its retry tiers. `dlq` is the chain's end, where
 * it is known.
 *
 * A handler that was given up may go on: until Lambda freezes the environment, and again when it thaws for the next
 * batch. So its heal key is not set free at once but stays taken until the function's timeout. If the handler succeeds
 * after all, its key is completed and the next receive is a duplicate; if it fails late its key is left alone, for by
 * then the key may be another run's.
 */
export async function attemptMessage(
  message: Message,
  handler: MessageHandler,
  deadline: Deadline,
  services: Services,
  chain: string,
  dlq?: Topology['dlq'],
): Promise<Attempt> {
  const controller = new AbortController();
  const startedAt = Date.now();
  const roomMs = deadline.remainingMs();
  if (roomMs <= 0) {
    const error = new TimeoutError(`not started: ${deadline.describe()} is reached`);
    return { kind: 'failed', error, keyHeld: false };
  }
  const handlerContext: MessageContext = {
    signal: controller.signal,
    remainingMs: () => Math.max(0, deadline.remainingMs()),
    logger: services.logger.createChild({
      persistentKeys: { messageId: message.id, originId: message.originId, attempt: message.attempt },
    }),
    idempotencyKey: message.originId,
    level: () => services.levels.of([message.queueArn, ...(dlq === undefined ? [] : [dlq.arn])]),
  };

  let outcome: Outcome | undefined;
  let abandoned = false;
  const run = async (): Promise<void> => {
    try {
      // The key may have come so late that the message was given up.
      controller.signal.throwIfAborted();
      await handler(message, handlerContext);
      outcome = { ok: true };
    } catch (error) {
      // Throwing makes Powertools delete the key; never settling leaves it to expire.
      if (abandoned) await new Promise(() => {});
      outcome = { ok: false, error };
      throw new HandlerFailed();
    }
  };
  const finished = oncePerKey(run, onceKey(message, chain), deadline, services).then(
    (): Attempt => ({ kind: outcome?.ok ? 'processed' : 'duplicate' }),
    (error): Attempt => afterError(error, outcome, message, services),
  );

  const ended = await within(finished, roomMs);
  if (ended !== undefined) return ended;

  const gaveUpAfter = Date.now() - startedAt;
  const gaveUp = (cause?: unknown) =>
    new TimeoutError(
      `gave up after ${gaveUpAfter} ms, ${deadline.describe()}`,
      cause === undefined ? undefined : { cause },
    );
  const reason = gaveUp();
  controller.abort(reason);
  // A handler that minds the signal ends now, and its key is free for the next receive.
  const late = await within(finished, deadline.graceMs);
  if (late?.kind === 'failed') {
    const saysMore = late.error !== reason && !(late.error instanceof Error && late.error.name === 'AbortError');
    return { ...late, error: saysMore ? gaveUp(late.error) : reason };
  }
  if (late !== undefined) return late;
  if (outcome?.ok) return { kind: 'processed' };
  abandoned = true;
  return { kind: 'failed', error: reason, keyHeld: true };
}

/**
 * What is done once: this message, in this redrive chain. A consumer that forwards a healed message with its
 * attributes takes the heal key along to the next queue, where it is another message and must not pass for a duplicate.
 */
function onceKey({ healKey, body }: Message, chain: string): string {
  return `${healKey} ${chain} ${createHash('sha256').update(body).digest('base64')}`;
}

/** Powertools: one DynamoDB record per heal key. It stores what the function returns, hence nothing is returned. */
async function oncePerKey(
  run: () => Promise<void>,
  key: string,
  deadline: Deadline,
  { idempotency }: Services,
): Promise<void> {
  if (idempotency === undefined) return run();
  const config = new IdempotencyConfig({ expiresAfterSeconds: EXPIRES_AFTER_SECONDS, hashFunction: 'sha256' });
  // From it comes the time at which the key of a function that was killed is free again.
  config.registerLambdaContext(deadline.context);
  const once = makeIdempotent((_key: string) => run(), {
    persistenceStore: idempotency,
    config,
    keyPrefix: `consume.${deadline.context.functionName}`,
  });
  await once(key);
}

function afterError(error: unknown, outcome: Outcome | undefined, message: Message, { logger }: Services): Attempt {
  if (outcome?.ok) {
    // The work is done: returning the message would do it twice. Only a second copy of it could run again.
    logger.warn('processed, but its heal key could not be completed', {
      messageId: message.id,
      healKey: message.healKey,
      reason: textOf(error),
    });
    return { kind: 'processed' };
  }
  const cause = outcome === undefined ? error : outcome.error;
  if (cause instanceof Error && cause.name === 'IdempotencyAlreadyInProgressError') return { kind: 'in-progress' };
  // The handler failed and something other than its failure came back: Powertools could not delete the key.
  return { kind: 'failed', error: cause, keyHeld: outcome !== undefined && !(error instanceof HandlerFailed) };
}
