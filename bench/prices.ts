/**
 * On-demand prices of us-east-1 in US dollars, per call or unit, as the services' price pages gave them in 2025.
 * https://aws.amazon.com/sqs/pricing/ · https://aws.amazon.com/dynamodb/pricing/on-demand/ ·
 * https://aws.amazon.com/s3/pricing/ · https://aws.amazon.com/sns/pricing/ · https://aws.amazon.com/lambda/pricing/
 */
export const PRICES = {
  sqsRequest: 0.4e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  snsPublish: 0.5e-6,
  lambdaRequest: 0.2e-6,
} as const;

/** Said wherever a price is shown. */
export const PRICES_FROM = "us-east-1's on-demand prices, from the services' price pages (bench/prices.ts)";

/** SQS bills each 64 KB of a request as one. https://aws.amazon.com/sqs/pricing/ */
export const SQS_CHUNK_BYTES = 65_536;
