import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerer } from '../../cli/classify/answer.ts';
import { parseLine } from '../../cli/classify/line.ts';
import { type Line, linesOf } from '../../cli/input/lines.ts';
import { writerTo } from '../../cli/output/writer.ts';
import { DLQ, dlq, documents } from './dlq.ts';

const GOOD = JSON.stringify({ id: 'good', evidence: { errorMessage: 'connect ECONNREFUSED' } });

it('50,000 lines stream through memory that does not hold them', async () => {
  const measure = 'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';
  const child = spawn(process.execPath, ['--import', measure, DLQ, 'classify']);
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    answered += chunk.toString().split('\n').length - 1;
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const padding = 'x'.repeat(6000);
  Readable.from(
    (function* () {
      for (let i = 0; i < 500; i++) {
        const some = Array.from({ length: 100 }, (_, k) => ({
          id: `${i}-${k}`,
          evidence: { httpStatus: 503 },
          padding,
        }));
        yield some.map((one) => `${JSON.stringify(one)}\n`).join('');
      }
    })(),
  ).pipe(child.stdin);
  const [code] = await once(child, 'close');
  expect([code, answered]).toEqual([0, 50_000]);
  // 300 MB went in; Node itself takes some 60.
  expect(Number(err) / 1024).toBeLessThan(200);
});

it('a reader that has seen enough ends it without a word', async () => {
  const pipeline = `yes '${GOOD}' | "$0" "$1" classify | head -1; echo "\${PIPESTATUS[1]}"`;
  const child = spawn('bash', ['-c', pipeline, process.execPath, DLQ]);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  await once(child, 'close');
  expect(out).toMatch(/^\{"id":"good".*\}\n0\n$/);
  expect(err).toBe('');
});

it('output that cannot be written is a failure', async () => {
  const child = spawn('bash', ['-c', '"$0" "$1" classify > /dev/full', process.execPath, DLQ]);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.end(`${GOOD}\n`);
  const [code] = await once(child, 'close');
  expect([code, err]).toEqual([1, 'dlq: cannot write the output: ENOSPC: no space left on device, write\n']);
});

describe('a writer', () => {
  it('waits until its stream takes more', async () => {
    const taken: (() => void)[] = [];
    const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) });
    let written = false;
    const writing = writerTo(slow)
      .write('ab')
      .then(() => {
        written = true;
      });
    await new Promise(setImmediate);
    expect(written).toBe(false);
    taken[0]?.();
    await writing;
    expect(written).toBe(true);
  });

  it('waits no longer when its stream is gone', async () => {
    const gone = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(new Error('disk full')) });
    const writer = writerTo(gone);
    await writer.write('ab');
    expect([writer.closed, writer.failure?.message]).toEqual([true, 'disk full']);
  });
});

async function collected(chunks: readonly Uint8Array[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(Readable.from(chunks.filter(({ length }) => length > 0)), 20)) lines.push(line);
  return lines;
}

describe('lines', () => {
  it('are the same however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 }), async (chunks) => {
        const whole = Buffer.concat(chunks);
        const expected = await collected([whole]);
        expect(await collected(chunks)).toEqual(expected);
        const count = whole.toString('latin1').split('\n').length - (whole.length === 0 || whole.at(-1) === 10 ? 1 : 0);
        expect(expected).toHaveLength(count);
      }),
    );
  });
});

describe('whatever comes', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((noise) => Buffer.from(noise.filter((byte) => byte !== 10)));
  const lines = fc.array(fc.oneof(bytes, fc.constant(Buffer.from(GOOD)), fc.json().map(Buffer.from)), {
    maxLength: 60,
  });

  it('on standard input, each good line is answered and nothing crashes', async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (parts) => {
        const input = Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
        const { code, out, err } = await dlq(['classify', '--explain'], { input });
        expect([0, 1]).toContain(code);
        expect(err).not.toContain('bug of dlq');
        const good = parts.filter((part) => part.equals(Buffer.from(GOOD)));
        expect(documents(out).filter(({ id }) => id === 'good')).toHaveLength(good.length);
      }),
      { numRuns: 25 },
    );
  });

  it('as evidence, it is answered or refused with the key that is wrong', () => {
    const answer = answerer([]);
    const value = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.integer());
    const keys = [
      'errorType',
      'errorMessage',
      'stack',
      'httpStatus',
      'awsErrorCode',
      'causes',
      'queue',
      'body',
      'attributes',
    ];
    const evidence = fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(evidence, (said) => {
        const text = JSON.stringify({ id: 'x', evidence: said }, (_key, inner) =>
          typeof inner === 'bigint' ? String(inner) : inner,
        );
        let death: ReturnType<typeof parseLine>;
        try {
          death = parseLine(text);
        } catch (error) {
          expect((error as Error).message).toMatch(/^evidence\.\w+.* must be .*; got /s);
          return;
        }
        expect(answer(death).fingerprint).toMatch(/^[0-9a-f]{12}$/);
      }),
      { numRuns: 500 },
    );
  });
});
