import { randomBytes } from 'node:crypto';

/** What X-Ray would put on an invocation that nothing traced. */
export function newTrace(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${time}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
