import { archived } from '../../handlers/core/archive-record.ts';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import { lazily } from '../../handlers/core/lazily.ts';
import type { MessageAttributes } from '../../handlers/core/letter.ts';
import type { LazyFacts } from './selector.ts';

/** The facts of a letter that lies in a DLQ. */
export function factsOf(handled: Handled): LazyFacts {
  const { letter, evidence, evidenceNames, lineage } = handled;
  const original = lazily(() => originalOf(letter, evidence.source, evidenceNames));
  return {
    id: () => letter.messageId,
    messageId: () => letter.messageId,
    queue: () => handled.queue.key,
    class: () => handled.classification.failureClass,
    group: () => handled.group,
    rule: () => handled.classification.rule,
    errorType: () => evidence.errorType ?? null,
    error: () => evidence.message ?? null,
    attempt: () => lineage.attempt,
    diedAt: () => new Date(handled.diedAt).toISOString(),
    status: () => null,
    messageGroupId: () => letter.system.messageGroupId ?? null,
    attributes: () => textsOf(original().attributes),
    body: () => parsed(original().body),
  };
}

export function textsOf(attributes: MessageAttributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const text = archived(value);
      return [name, 'stringValue' in text ? text.stringValue : text.binaryBase64];
    }),
  );
}

export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
