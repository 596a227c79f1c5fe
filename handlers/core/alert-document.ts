import { type Alert, alertSubject, errorOf, escalation, LEVEL_NAMES } from './alert.ts';
import { nextStep } from './next-step.ts';
import { cut, redact } from './redact.ts';

/** Below what a chat message shows and the service takes. */
const MAX_TITLE = 250;
const MAX_DESCRIPTION = 2_000;

/**
 * The alert as JSON, for programs and for chat: a custom notification that Amazon Q Developer in chat applications shows
 * in Slack and Teams, with the data for webhooks in `metadata.additionalContext`, all of it text.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function alertDocument(alert: Alert): object {
  const { advice, command } = nextStep(alert);
  const { level, because } = escalation(alert);
  const context: Record<string, string> = {
    stack: alert.stack,
    queue: alert.queue,
    group: alert.group,
    failureClass: alert.failureClass,
    level: String(level),
    levelReason: because,
    count: String(alert.count),
    status: alert.status,
    reason: redact(alert.reason),
    error: errorOf(alert),
    firstSeen: alert.firstSeen,
    lastSeen: alert.lastSeen,
    sampleIds: alert.sampleIds.join(','),
    archive: alert.archive,
    logsUrl: alert.logsUrl,
    command,
  };
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: cut(plain(alertSubject(alert)), MAX_TITLE),
      description: cut(descriptionOf(alert), MAX_DESCRIPTION),
      nextSteps: [advice, `\`${command.replaceAll('`', "'")}\``],
      keywords: [alert.queue, alert.failureClass, LEVEL_NAMES[level]],
    },
    metadata: {
      threadId: `${alert.stack}/${alert.queue}/${alert.group}`,
      summary: cut(alertSubject(alert), MAX_TITLE),
      eventType: 'dlq-healer-alert',
      relatedResources: [alert.archive, alert.logsUrl].filter((one) => one !== ''),
      additionalContext: Object.fromEntries(Object.entries(context).filter(([, value]) => value !== '')),
    },
  };
}

function descriptionOf(alert: Alert): string {
  const logs = alert.logsUrl === '' ? [] : [`*logs*: ${alert.logsUrl}`];
  return [
    `*what we did*: ${plain(alert.status)}: ${plain(redact(alert.reason))}`,
    `*error*: ${plain(errorOf(alert))}`,
    `*group*: ${plain(alert.group)} · *letters*: ${plain(alert.sampleIds.join(', '))}`,
    `*seen*: ${plain(alert.firstSeen)} to ${plain(alert.lastSeen)}`,
    ...logs,
  ].join('\n');
}

/**
 * Text from strangers that a chat must show as it is: no formatting, no links, no mentions (`<!channel>`, `@here`), no new
 * lines that pretend to be ours. A character that means something is followed or replaced by one that means nothing.
 */
function plain(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[*~`|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "'")
    .replace(/[<[]/g, '(')
    .replace(/[>\]]/g, ')')
    .replace(/&/g, '+')
    .replace(/@/g, '@\u200b')
    .replace(/:\/\//g, ':\u200b//');
}
