// Whether a policy lets a service, or the role that it assumes, do something: as much of IAM as stacks here are written in.

type Statement = {
  Effect?: string;
  Principal?: '*' | Record<string, string | string[]>;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
};
type Policy = { Statement?: Statement | Statement[] };

export type Request = { action: string; resource: string; service?: string; sourceArn?: string; account: string };

/** By the policy of a resource, for a service that calls it in the name of `sourceArn`; by that of a role without a service. */
export function permits(policies: readonly string[], request: Request): boolean {
  const statements = policies.flatMap((text) => (JSON.parse(text) as Policy).Statement ?? []);
  const holding = statements.filter((statement) => holds(statement, request));
  return holding.some(({ Effect }) => Effect === 'Allow') && !holding.some(({ Effect }) => Effect === 'Deny');
}

function holds({ Principal, Action, Resource, Condition }: Statement, request: Request): boolean {
  const { action, resource, service } = request;
  if (service !== undefined && !isFor(Principal, service)) return false;
  // A function's policy names the function by its ARN, a queue's too; both may be `*`.
  return some(Action, action.toLowerCase(), true) && some(Resource, resource) && conditionsHold(Condition, request);
}

const isFor = (principal: Statement['Principal'], service: string): boolean =>
  principal === '*' || some(principal?.Service, `${service}.amazonaws.com`) || some(principal?.AWS, '*');

function conditionsHold(conditions: Statement['Condition'] = {}, { sourceArn, account }: Request): boolean {
  const known: Record<string, string | undefined> = {
    'aws:sourcearn': sourceArn,
    'aws:sourceaccount': account,
    'aws:securetransport': 'true',
  };
  return Object.entries(conditions).every(([operator, keys]) => {
    if (!/^(Arn|String)(Like|Equals)$|^Bool$/.test(operator))
      throw new Error(`the condition ${operator} is not modelled`);
    return Object.entries(keys).every(([key, wanted]) => {
      const actual = known[key.toLowerCase()];
      return actual !== undefined && some(wanted, actual);
    });
  });
}

function some(patterns: string | string[] | undefined, text: string, ignoreCase = false): boolean {
  return [patterns ?? []].flat().some((pattern) => {
    const escaped = (ignoreCase ? pattern.toLowerCase() : pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
  });
}
