// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html, the operators that stacks here use.

type Pattern = { readonly [field: string]: Pattern | readonly Condition[] };
type Condition = string | number | boolean | null | { readonly [operator: string]: unknown };

/** @throws Error for an operator that is not modelled */
export function matchesPattern(pattern: Pattern, event: unknown): boolean {
  const fields = typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = fields[name];
    if (!Array.isArray(wanted)) return matchesPattern(wanted as Pattern, value);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((condition: Condition) => values.some((one) => meets(condition, one)));
  });
}

function meets(condition: Condition, value: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === value;
  const [[operator, operand] = []] = Object.entries(condition);
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(String(operand));
  if (operator === 'exists') return (value !== undefined) === operand;
  throw new Error(`the operator ${operator} of event patterns is not modelled`);
}
