// Finding the tools that a developer must bring, and saying how when one is missing.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What is missing and the command that brings it. Shown to the user as it is, without a stack. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

/** The full path of a program on the PATH, or undefined. */
export async function findOnPath(program: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const candidate = join(directory, program);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}
