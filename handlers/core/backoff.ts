/**
 * Exponential back-off with full jitter: uniform between 0 and a ceiling that doubles with each attempt.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt how many heals came before, 0 for the first
 * @param random uniform in [0, 1)
 * @returns whole seconds, at least 1 so that a heal never hits a dependency in the second it failed
 */
export function backoffSeconds(
  attempt: number,
  limits: { readonly baseDelaySeconds: number; readonly maxDelaySeconds: number },
  random: number,
): number {
  const ceiling = Math.min(limits.maxDelaySeconds, limits.baseDelaySeconds * 2 ** attempt);
  return Math.max(1, Math.round(random * ceiling));
}
