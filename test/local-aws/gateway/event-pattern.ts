// Whether an event of EventBridge matches a rule's pattern.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @throws Error where the pattern filters by content (`prefix`, `anything-but`, …), which nothing here knows: a rule that
 *   silently matched nothing would be worse
 */
export function matches(pattern: Json, event: Json): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = event[key];
    if (isObject(wanted)) return isObject(value) && matches(wanted, value);
    if (!Array.isArray(wanted) || wanted.length === 0)
      throw new Error(`an event pattern has a list of values at "${key}"; got ${JSON.stringify(wanted)}`);
    const filter = wanted.find(isObject);
    if (filter !== undefined)
      throw new Error(`the local AWS knows exact values only; "${key}" is filtered by ${JSON.stringify(filter)}`);
    // An event's list matches where one of its values does.
    return [value].flat().some((one) => wanted.includes(one));
  });
}
