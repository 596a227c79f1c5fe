/** Where one archived letter lies: a gzip member of an object, readable alone by its byte range. */
export interface ArchivePlace {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** A piece of an object that holds several letters and is read by one call. */
export interface Stretch extends ArchivePlace {
  readonly members: readonly (ArchivePlace & { readonly index: number })[];
}

/** Letters nearer to each other than this are read together: a call costs as much as the bytes between them. */
const NEAR_BYTES = 64 * 1024;
/** A stretch lies in memory as a whole. */
const MAX_STRETCH_BYTES = 8 * 1024 * 1024;

/** Gathers places into as few stretches as make sense; every place is in exactly one, under its index. */
export function stretchesOf(places: readonly ArchivePlace[]): Stretch[] {
  const indexed = places.map((place, index) => ({ ...place, index }));
  const objects = [...Map.groupBy(indexed, ({ key }) => key).values()];
  return objects.flatMap((members) => {
    const stretches: Stretch[] = [];
    for (const member of members.toSorted((a, b) => a.offset - b.offset)) {
      const last = stretches.at(-1);
      const joined = last === undefined ? undefined : join(last, member);
      if (joined === undefined) stretches.push({ ...placeOf(member), members: [member] });
      else stretches[stretches.length - 1] = joined;
    }
    return stretches;
  });
}

const placeOf = ({ key, offset, length }: ArchivePlace): ArchivePlace => ({ key, offset, length });

function join(stretch: Stretch, member: Stretch['members'][number]): Stretch | undefined {
  const end = stretch.offset + stretch.length;
  const length = Math.max(end, member.offset + member.length) - stretch.offset;
  if (member.offset - end > NEAR_BYTES || length > MAX_STRETCH_BYTES) return undefined;
  return { ...stretch, length, members: [...stretch.members, member] };
}
