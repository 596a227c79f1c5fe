import { printable } from '../output/text.ts';

/** `assumed-role/Admin/ada` of an ARN: the account is the reader's own. */
export const shortArn = (arn: string) => printable(arn.split(':').slice(5).join(':') || arn);
