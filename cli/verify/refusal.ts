import { attempt } from '../../handlers/aws/outcome.ts';
import { awsComplaint } from '../aws/complaint.ts';
import type { Answer } from './readings.ts';

/** Why there is no answer, in words that say what to do. */
export const refusal = (error: Error): { readonly refused: string } => ({
  refused: awsComplaint(error) ?? error.message,
});

/** Asks; a refusal is an answer too. */
export async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  const outcome = await attempt(work);
  return outcome.ok ? { value: outcome.value } : refusal(outcome.error);
}
