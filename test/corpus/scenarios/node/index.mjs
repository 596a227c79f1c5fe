// The consumer's own frames in a stack.
export async function processRecord(handle) {
  try {
    return { thrown: undefined, value: await handle() };
  } catch (thrown) {
    return { thrown };
  }
}
