/** DynamoDB's expressions, as far as the handlers use them: no nested paths, no functions but those below. */

export type Item = Record<string, unknown>;

/** What an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/** Whether an item fulfils a condition, key condition or filter. */
export function fulfils(item: Item, expression: string, placeholders: Placeholders): boolean {
  const reader = readerOf(expression, placeholders);
  const result = disjunction(reader, item);
  reader.end();
  return result;
}

/** The item after an update expression. All of its right sides see the item as it was. */
export function updated(item: Item, expression: string, placeholders: Placeholders): Item {
  const reader = readerOf(expression, placeholders);
  const next: Item = { ...item };
  while (!reader.isEnd()) {
    const section = reader.take().toUpperCase();
    do change(section, reader, item, next);
    while (reader.takeIf(','));
  }
  return next;
}

function change(section: string, reader: Reader, before: Item, next: Item): void {
  const name = reader.name(reader.take());
  if (section === 'REMOVE') {
    delete next[name];
  } else if (section === 'SET') {
    reader.expect('=');
    next[name] = operand(reader, before);
  } else if (section === 'ADD') {
    next[name] = Number(before[name] ?? 0) + Number(operand(reader, before));
  } else throw new Error(`unknown section ${section}`);
}

/** The attributes that a projection names. */
export function projected(item: Item, expression: string, placeholders: Placeholders): Item {
  const reader = readerOf(expression, placeholders);
  const some: Item = {};
  do {
    const name = reader.name(reader.take());
    if (name in item) some[name] = item[name];
  } while (reader.takeIf(','));
  return some;
}

/** @throws what DynamoDB refuses: a placeholder that no expression uses */
export function checkUse(expressions: readonly (string | undefined)[], placeholders: Placeholders): void {
  const used = new Set(expressions.flatMap((one) => (one === undefined ? [] : tokensOf(one))));
  const { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = placeholders;
  for (const name of [...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)])
    if (!used.has(name)) throw new Error(`ValidationException: ${name} is unused in expressions`);
}

function tokensOf(expression: string): string[] {
  const tokens = expression.match(/<=|>=|<>|[=<>(),]|[#:]?\w+/g) ?? [];
  const rest = expression.replaceAll(/<=|>=|<>|[=<>(),]|[#:]?\w+|\s/g, '');
  if (rest !== '') throw new Error(`what is "${rest}" in the expression ${expression}?`);
  return tokens;
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(expression: string, placeholders: Placeholders) {
  const tokens = tokensOf(expression);
  let at = 0;
  const take = () => {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`the expression ends early: ${expression}`);
    return token;
  };
  const lookup = (from: Readonly<Record<string, unknown>> | undefined, name: string) => {
    if (from === undefined || !(name in from)) throw new Error(`${name} stands for nothing in ${expression}`);
    return from[name];
  };
  return {
    take,
    isEnd: () => at >= tokens.length,
    peek: (ahead = 0) => tokens[at + ahead]?.toUpperCase(),
    takeIf: (token: string) => {
      if (tokens[at]?.toUpperCase() !== token) return false;
      at += 1;
      return true;
    },
    expect: (token: string) => {
      const found = take();
      if (found.toUpperCase() !== token) throw new Error(`expected ${token}, got ${found} in ${expression}`);
    },
    end: () => {
      if (at < tokens.length) throw new Error(`${tokens[at]} is left over in ${expression}`);
    },
    name: (token: string) =>
      token.startsWith('#') ? String(lookup(placeholders.ExpressionAttributeNames, token)) : token,
    value: (token: string) => lookup(placeholders.ExpressionAttributeValues, token),
  };
}

/** Every side is read to its end, whatever the first says. */
function disjunction(reader: Reader, item: Item): boolean {
  let result = conjunction(reader, item);
  while (reader.takeIf('OR')) result = conjunction(reader, item) || result;
  return result;
}

function conjunction(reader: Reader, item: Item): boolean {
  let result = term(reader, item);
  while (reader.takeIf('AND')) result = term(reader, item) && result;
  return result;
}

function term(reader: Reader, item: Item): boolean {
  if (reader.takeIf('NOT')) return !term(reader, item);
  if (reader.takeIf('(')) {
    const result = disjunction(reader, item);
    reader.expect(')');
    return result;
  }
  const exists = reader.peek();
  if (exists === 'ATTRIBUTE_EXISTS' || exists === 'ATTRIBUTE_NOT_EXISTS') {
    reader.take();
    reader.expect('(');
    const present = item[reader.name(reader.take())] !== undefined;
    reader.expect(')');
    return present === (exists === 'ATTRIBUTE_EXISTS');
  }
  return comparison(reader, item);
}

function comparison(reader: Reader, item: Item): boolean {
  const left = operand(reader, item);
  const operator = reader.take().toUpperCase();
  if (operator === 'IN') {
    reader.expect('(');
    let found = false;
    do found = operand(reader, item) === left || found;
    while (reader.takeIf(','));
    reader.expect(')');
    return found;
  }
  return compare(left, operator, operand(reader, item));
}

/** Values of different types are never equal, and in no order. */
function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '=') return left !== undefined && left === right;
  if (operator === '<>') return left !== right;
  if (typeof left !== typeof right || !['number', 'string'].includes(typeof left)) return false;
  const [a, b] = [left as string, right as string];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  if (operator === '>') return a > b;
  if (operator === '>=') return a >= b;
  throw new Error(`unknown operator ${operator}`);
}

function operand(reader: Reader, item: Item): unknown {
  const token = reader.take();
  if (token.startsWith(':')) return reader.value(token);
  if (token.toLowerCase() !== 'if_not_exists') return item[reader.name(token)];
  reader.expect('(');
  const known = item[reader.name(reader.take())];
  reader.expect(',');
  const otherwise = operand(reader, item);
  reader.expect(')');
  return known ?? otherwise;
}
