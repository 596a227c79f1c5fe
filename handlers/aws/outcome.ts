/** One item's result within a call that serves many: a failure concerns that item alone. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error };

export const success = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const failure = (error: unknown): Outcome<never> => ({
  ok: false,
  error: error instanceof Error ? error : new Error(String(error)),
});

/** Runs `work`; a throw becomes this item's failure. */
export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return success(await work());
  } catch (error) {
    return failure(error);
  }
}
