// The environments of one function: warm ones are reused, up to a limit; more invocations wait for one.
import { type Environment, type EnvironmentOptions, type Outcome, startEnvironment } from './environment.ts';

export type Pool = {
  run(event: string, traceHeader: string, requestId?: string): Promise<Outcome>;
  idle(): number;
  live(): number;
  busy(): number;
  /** Ends one idle environment, if there is one. */
  shrink(): void;
  /** Ends every environment; invocations that still run end as if their process had crashed. */
  stop(): Promise<void>;
};

export function createPool(options: EnvironmentOptions, limit: number): Pool {
  const idle: Environment[] = [];
  const busy = new Set<Environment>();
  const waiting: (() => void)[] = [];
  const ending = new Set<Promise<void>>();
  let stopped = false;

  async function take(): Promise<Environment> {
    for (;;) {
      const warm = idle.pop();
      if (warm !== undefined && !warm.dead) return warm;
      if (warm !== undefined) continue;
      if (busy.size < limit) return startEnvironment(options);
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (stopped) throw new Error(`${options.spec.name}: the Lambda host has stopped`);
    }
  }

  function end(environment: Environment): void {
    const ended = environment.kill().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  return {
    async run(event, traceHeader, requestId) {
      if (stopped) throw new Error(`${options.spec.name}: the Lambda host has stopped`);
      const environment = await take();
      busy.add(environment);
      try {
        return await environment.invoke(event, traceHeader, requestId);
      } finally {
        busy.delete(environment);
        if (environment.dead || stopped) end(environment);
        else idle.push(environment);
        waiting.shift()?.();
      }
    },
    idle: () => idle.length,
    live: () => idle.length + busy.size,
    busy: () => busy.size,
    shrink() {
      const oldest = idle.shift();
      if (oldest !== undefined) end(oldest);
    },
    async stop() {
      stopped = true;
      for (const environment of [...idle.splice(0), ...busy]) end(environment);
      for (const wake of waiting.splice(0)) wake();
      await Promise.all(ending);
    },
  };
}
