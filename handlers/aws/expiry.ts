/** DynamoDB's TTL is in epoch seconds. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
export function expiry(now: number, seconds: number): number {
  return Math.floor(now / 1000) + seconds;
}
