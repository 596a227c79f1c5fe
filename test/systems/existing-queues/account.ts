// What was done to the other team, and whether each of its letters had the fate that it should have. Pure.

/** How the other team was hurt, and what should come of it. */
export interface Death {
  /** Key of the DLQ. */
  readonly queue: string;
  /** Of the message, event or payload; several deaths may have one. */
  readonly id: string;
  readonly fate: 'given back' | 'archived' | 'waiting';
  /** Of what is kept: a part of the reason. */
  readonly reason?: string;
  /** Of what is given back: name of the function that does it, and what has to have come with it. */
  readonly by?: string;
  readonly with?: unknown;
}

/** A message in a DLQ, as it was found before the healer acted. */
export interface FoundLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: string;
}

/** What a function said that it did. */
export interface Deed {
  readonly by: string;
  readonly did: string;
  readonly with: unknown;
}

export interface KeptLetter {
  readonly messageId: string;
  readonly queue: string;
  readonly status: string;
  readonly reason: string;
  /** Its body in the archive, where it was read. */
  readonly archived?: string;
}

export interface Facts {
  readonly deaths: readonly Death[];
  readonly letters: readonly FoundLetter[];
  /** The letters again after the healer had observed them, and after the outage was over. */
  readonly observed: readonly FoundLetter[];
  readonly rows: readonly KeptLetter[];
  readonly deeds: readonly Deed[];
  /** By queue: what is left in it and in the queue before it. */
  readonly left: Readonly<Record<string, number>>;
}

/** The id of what died, however deep it lies in the letter: the last, for an event has one of its own before it. */
export const idOf = (body: string): string =>
  [...body.matchAll(/\\*"id\\*":\s*\\*"([\w-]+)\\*"/g)].at(-1)?.[1] ?? 'unnamed';

const nameOf = ({ queue, id }: { readonly queue: string; readonly id: string }) => `${queue}/${id}`;
const counted = (names: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** What is not as it must be. */
export function judge(facts: Facts): string[] {
  return [
    ...deathsThatAre(facts),
    ...whatObservingChanged(facts),
    ...fates(facts),
    ...strangers(facts),
    ...leftovers(facts),
  ];
}

function deathsThatAre({ deaths, letters }: Facts): string[] {
  const [expected, found] = [
    counted(deaths.map(nameOf)),
    counted(letters.map((one) => nameOf({ ...one, id: idOf(one.body) }))),
  ];
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((name) => {
    const [should, is] = [expected.get(name) ?? 0, found.get(name) ?? 0];
    return should === is ? [] : [`${name} should have died ${should} time(s), and lies ${is} time(s) in its DLQ`];
  });
}

function whatObservingChanged({ letters, observed }: Facts): string[] {
  const after = new Map(observed.map((letter) => [letter.messageId, letter]));
  const changed = letters.filter((letter) => JSON.stringify(after.get(letter.messageId)) !== JSON.stringify(letter));
  return [
    ...changed.map((letter) => `${nameOf({ ...letter, id: idOf(letter.body) })} was touched while the healer observed`),
    ...(observed.length === letters.length ? [] : [`observing made ${letters.length} letters ${observed.length}`]),
  ];
}

function fates({ deaths, letters, rows, deeds }: Facts): string[] {
  const row = new Map(rows.map((one) => [one.messageId, one]));
  const done = counted(deeds.map(({ by, did }) => `${by}/${did}`));
  const should = counted(deaths.filter(({ fate }) => fate === 'given back').map(({ by, id }) => `${by}/${id}`));
  const kept = letters.flatMap((letter) => {
    const name = nameOf({ ...letter, id: idOf(letter.body) });
    const death = deaths.find((one) => nameOf(one) === name);
    return death === undefined ? [] : keptFault(name, death, letter, row.get(letter.messageId));
  });
  const given = [...should].flatMap(([name, count]) => {
    const is = done.get(name) ?? 0;
    return is === count ? [] : [`${name} should have been done ${count} time(s), and was done ${is} time(s)`];
  });
  const whole = deaths.flatMap((death) => {
    const deed = deeds.find(({ by, did }) => by === death.by && did === death.id);
    if (death.with === undefined || deed === undefined || includes(deed.with, death.with)) return [];
    return [`${nameOf(death)} came back as ${JSON.stringify(deed.with)} and not with ${JSON.stringify(death.with)}`];
  });
  return [...kept, ...given, ...whole];
}

function keptFault(name: string, death: Death, letter: FoundLetter, row: KeptLetter | undefined): string[] {
  if (row === undefined) return [`${name} has no row in the ledger`];
  const status = death.fate === 'given back' ? 'healed' : death.fate;
  if (row.status !== status) return [`${name} is ${row.status} and not ${status}: ${row.reason}`];
  if (death.reason !== undefined && !row.reason.includes(death.reason))
    return [`${name} is ${status} because “${row.reason}”, which does not say “${death.reason}”`];
  if (death.fate !== 'given back' && row.archived !== letter.body)
    return [`${name} does not lie in the archive as it was`];
  return [];
}

/** Done by a function although nobody was to give it to it. */
function strangers({ deaths, deeds }: Facts): string[] {
  const known = new Set(deaths.filter(({ fate }) => fate === 'given back').map(({ by, id }) => `${by}/${id}`));
  const strange = new Set(deeds.map(({ by, did }) => `${by}/${did}`).filter((name) => !known.has(name)));
  return [...strange].map((name) => `${name} was done, and should not have been`);
}

const leftovers = ({ left }: Facts): string[] =>
  Object.entries(left).flatMap(([queue, count]) => (count === 0 ? [] : [`${count} message(s) are left in ${queue}`]));

/** Whether everything that is wanted is there; there may be more. */
function includes(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([key, value]) => includes((actual as Record<string, unknown>)[key], value));
}

/** Of each message group, what was done in the order of doing. */
export function outOfOrder(deeds: readonly Deed[], by: string): string[] {
  const groups = Map.groupBy(
    deeds.filter((deed) => deed.by === by),
    (deed) => String((deed.with as { group?: unknown }).group),
  );
  return [...groups].flatMap(([group, some]) => {
    const [is, should] = [some.map(({ did }) => did), some.map(({ did }) => did).sort()];
    return is.join() === should.join() ? [] : [`group ${group} of ${by} was done in the order ${is.join(', ')}`];
  });
}
