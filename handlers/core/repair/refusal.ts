/** Why a body cannot be mended. Its message says where and what is wrong, and never what the body holds. */
export class RepairRefusal extends Error {
  override readonly name = 'RepairRefusal';
}

export function refuse(reason: string): never {
  throw new RepairRefusal(reason);
}
