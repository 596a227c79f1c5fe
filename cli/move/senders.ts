import { createHash } from 'node:crypto';
import { failure, type Outcome, success } from '../../handlers/aws/outcome.ts';
import { RefusedError, type Sending } from '../../handlers/aws/queues.ts';
import { giveBack, withMark } from '../../handlers/aws/targets.ts';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import { messageBytes } from '../../handlers/core/outgoing.ts';
import type { Target } from '../../handlers/core/target.ts';
import { act, type Result } from '../../handlers/heal/act.ts';
import type { Operator } from '../audit/audited.ts';
import type { Clients } from '../aws/clients.ts';
import type { Stack } from '../stack/stack.ts';
import type { Journal } from './journal.ts';

/** A letter that is to go, and where to. */
export interface Going {
  readonly handled: Handled;
  readonly target: Target;
  /** In the place of the original's: of a letter that a person has edited. */
  readonly mendedBody?: string;
}

/**
 * How it ended. `sent`: it is on its way and may be deleted. `settled`: it is dealt with otherwise, and may be deleted.
 * `stays`: it stays in the DLQ, which is no fault.
 */
export type Fate =
  | { readonly kind: 'sent'; readonly newId: string }
  | { readonly kind: 'settled' | 'stays'; readonly why: string };

/** Sends letters; one outcome each, in order. Never throws. */
export type Sender = (going: readonly Going[]) => Promise<Outcome<Fate>[]>;

/** So long a claim on a death holds after a kill, and a little longer. */
const CLAIM_MS = 60_000;

/** Of a stack: claim → send → record, as the healer does it, with the operator's word as the verdict. */
export function stackSender({ healer }: Stack, { who, auditId }: Operator): Sender {
  return async (going) => {
    const letters = going.map(
      ({ handled, target }): Handled => ({
        ...handled,
        toward: target,
        verdict: { kind: 'heal', delaySeconds: 0, notify: false, reason: `redriven by ${who} (audit ${auditId})` },
      }),
    );
    const results = await act(healer, letters, CLAIM_MS);
    return results.map(fateOf);
  };
}

function fateOf(result: Result): Outcome<Fate> {
  if (result.kind === 'failed') return failure(result.error);
  if (result.kind === 'left') return success({ kind: 'stays', why: result.why });
  const { status, healedMessageId, reason } = result.ending;
  if (status === 'healed' && !result.repeated) return success({ kind: 'sent', newId: healedMessageId ?? '' });
  const before = result.repeated ? 'its death was handled before' : (reason ?? 'it was handled before');
  return success({ kind: 'settled', why: `${before}: it is ${status} in the ledger` });
}

/** Without a stack: journal → send → journal. Nothing is added to the letter. */
export function plainSender(clients: Clients, journal: Journal): Sender {
  const services = {
    sqs: clients.sqs,
    lambda: clients.lambda,
    startExecution: clients.startExecution,
  };
  return async (going) => {
    journal.sending(going.map(({ handled }) => handled.letter.messageId));
    const outcomes: Outcome<Fate>[] = [];
    const indexed = going.map((one, index) => ({ ...one, index }));
    await Promise.all(
      [...Map.groupBy(indexed, ({ target }) => JSON.stringify(target)).values()].map(async (some) => {
        const [first] = some;
        if (first === undefined) return;
        const sent = await giveBack(services, first.target, some.map(plainSending));
        for (const [i, { index }] of some.entries()) {
          const outcome = sent[i] ?? failure(new Error('it was not sent'));
          outcomes[index] = outcome.ok ? success({ kind: 'sent', newId: outcome.value }) : outcome;
        }
      }),
    );
    note(journal, going, outcomes);
    return outcomes;
  };
}

function note(journal: Journal, going: readonly Going[], outcomes: readonly Outcome<Fate>[]): void {
  const idsOf = (wanted: (outcome: Outcome<Fate>) => boolean) =>
    going.flatMap(({ handled }, i) =>
      outcomes[i] !== undefined && wanted(outcomes[i]) ? [handled.letter.messageId] : [],
    );
  const newIds = outcomes.flatMap((one) => (one.ok && one.value.kind === 'sent' ? [one.value.newId] : []));
  journal.sent(
    idsOf((one) => one.ok),
    newIds,
  );
  // Of any other failure nobody knows whether SQS had taken the message before.
  journal.notSent(idsOf((one) => !one.ok && one.error instanceof RefusedError));
}

/**
 * The message as it was. On a FIFO queue its deduplication id is made of the message's own id, which no other message
 * has: the original's may be known to the queue still, which would take the message and never deliver it.
 */
function plainSending({ handled, target, mendedBody }: Going): Sending {
  const { letter, lineage, evidence, evidenceNames } = handled;
  const { messageGroupId, traceHeader } = letter.system;
  const { attributes, ...original } = originalOf(letter, evidence.source, evidenceNames);
  const body = mendedBody ?? original.body;
  const sending = {
    body,
    attributes,
    bytes: messageBytes(body, attributes),
    carriesLineage: false,
    delaySeconds: 0,
    fifo: target.kind === 'queue' && target.fifo,
    healKey: mendedBody === undefined ? `${letter.messageId}.redrive` : keyOfEdit(letter.messageId, mendedBody),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  if (evidence.source !== 'step-functions') return sending;
  const mark = { originId: lineage.originId, attempt: lineage.attempt + 1 };
  // EventBridge may have brought two events of one execution: both start the same one.
  const healKey = mendedBody === undefined ? handled.healKey : sending.healKey;
  return withMark(target, letter, mark, { ...sending, healKey });
}

/** Another body is another message: under the key of one that was sent it would be taken and never delivered. */
const keyOfEdit = (messageId: string, body: string) =>
  `${messageId}.edit.${createHash('sha256').update(body).digest('hex').slice(0, 12)}`;
