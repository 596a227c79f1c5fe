import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { archiveRecord } from '../core/archive-record.ts';
import type { Handled } from '../core/handled.ts';
import { logsUrl } from '../core/logs-url.ts';
import { type ArchivePlace, stretchesOf } from './archive-stretches.ts';
import { attempt, failure, type Outcome, success } from './outcome.ts';

export type { ArchivePlace };

export interface Archive {
  /** One object per queue and class; one outcome per letter, in order. Never throws. */
  put(letters: readonly Handled[], now: number): Promise<Outcome<ArchivePlace>[]>;
  /** The JSON line of one letter. */
  read(place: ArchivePlace): Promise<string>;
  /** The JSON lines of many letters, those that lie together by one call. One outcome each, in order. Never throws. */
  readMany(places: readonly ArchivePlace[]): Promise<Outcome<string>[]>;
  /** The object's `s3://` URL, for people. */
  url(place: ArchivePlace): string;
}

export function archiveIn(s3: S3Client, Bucket: string, region: string): Archive {
  return {
    async put(letters, now) {
      const outcomes: Outcome<ArchivePlace>[] = [];
      const objects = Map.groupBy(
        letters.entries(),
        ([, { queue, classification }]) => `${queue.key}\n${classification.failureClass}`,
      );
      await Promise.all(
        [...objects.values()].map(async (members) => {
          const places = await putObject(s3, Bucket, region, members, now);
          for (const [index, outcome] of places) outcomes[index] = outcome;
        }),
      );
      return letters.map((_, index) => outcomes[index] ?? failure(new Error('the letter was not archived')));
    },
    read: async (place) => lineOf(await readRange(s3, Bucket, place)),
    async readMany(places) {
      const lines: Outcome<string>[] = [];
      await Promise.all(
        stretchesOf(places).map(async ({ members, ...stretch }) => {
          const bytes = await attempt(() => readRange(s3, Bucket, stretch));
          for (const { index, offset, length } of members) {
            const from = offset - stretch.offset;
            lines[index] = bytes.ok
              ? await attempt(async () => lineOf(bytes.value.subarray(from, from + length)))
              : bytes;
          }
        }),
      );
      return places.map((_, index) => lines[index] ?? failure(new Error('the letter was not read')));
    },
    url: ({ key }) => `s3://${Bucket}/${key}`,
  };
}

async function readRange(s3: S3Client, Bucket: string, { key, offset, length }: ArchivePlace): Promise<Uint8Array> {
  const Range = `bytes=${offset}-${offset + length - 1}`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, Range }));
  if (Body === undefined) throw new Error(`s3://${Bucket}/${key} ${Range} came back empty`);
  return Body.transformToByteArray();
}

const lineOf = (gzipped: Uint8Array): string => gunzipSync(gzipped).toString('utf8');

async function putObject(
  s3: S3Client,
  Bucket: string,
  region: string,
  members: readonly (readonly [number, Handled])[],
  now: number,
): Promise<[number, Outcome<ArchivePlace>][]> {
  try {
    const gzipped = members.map(([, handled]) =>
      gzipSync(
        `${JSON.stringify(archiveRecord(handled, now, logsUrl(region, handled.evidence.logGroup, handled.evidence.logStream)))}\n`,
      ),
    );
    const bytes = Buffer.concat(gzipped);
    const key = objectKey(members[0]?.[1], bytes, now);
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: 'application/gzip' }));
    let offset = 0;
    return members.map(([index], i) => {
      const length = gzipped[i]?.byteLength ?? 0;
      const place = { key, offset, length };
      offset += length;
      return [index, success(place)];
    });
  } catch (error) {
    return members.map(([index]) => [index, failure(error)]);
  }
}

/**
 * The name follows from the bytes: two runs at one letter (a twin that was delivered twice) write the same object or two
 * of them, and never one over the other, whose row would then point into the middle of something else.
 */
function objectKey(first: Handled | undefined, bytes: Uint8Array, now: number): string {
  if (first === undefined) throw new Error('an archive object needs at least one letter');
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const day = new Date(now).toISOString().slice(0, 10);
  return `letters/queue=${first.queue.key}/class=${first.classification.failureClass}/dt=${day}/${id}.jsonl.gz`;
}
