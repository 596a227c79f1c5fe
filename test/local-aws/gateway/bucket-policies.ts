// S3 bucket policies are kept here: moto holds every request against them without looking at their conditions, so that a
// policy which denies plain HTTP would deny everything. What policies grant is checked by a simulator, on recorded calls.
import { type Call, type Reply, xmlReply } from './call.ts';

/** Answers the calls about a bucket's policy; undefined for every other call of the service. */
export function createBucketPolicies(): (call: Call) => Reply | undefined {
  const policies = new Map<string, Buffer>();
  return (call) => {
    const { pathname, searchParams } = new URL(call.url, 'http://local');
    const bucket = pathname.replaceAll('/', '');
    if (call.method === 'DELETE' && [...searchParams.keys()].every((name) => name === 'x-id')) policies.delete(bucket);
    if (!searchParams.has('policy')) return undefined;
    if (call.method === 'PUT') {
      policies.set(bucket, call.body);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    if (call.method === 'DELETE') {
      policies.delete(bucket);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const body = policies.get(bucket);
    if (body !== undefined) return { status: 200, headers: { 'content-type': 'application/json' }, body };
    const text = 'The bucket policy does not exist';
    return xmlReply(
      `<Error><Code>NoSuchBucketPolicy</Code><Message>${text}</Message><BucketName>${bucket}</BucketName></Error>`,
      404,
    );
  };
}
