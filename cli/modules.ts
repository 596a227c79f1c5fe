import type { Command } from 'commander';
import type { Session } from './session.ts';

/** A module of sub-commands; it is loaded when one of them is named. Loading all takes longer than most of them run. */
export interface Module {
  /** Name → what it is for, in the list of commands; without that it is not shown there. */
  readonly commands: Readonly<Record<string, string>>;
  load(): Promise<(program: Command, session: Session) => void>;
}

/** In the order of the help. */
export const MODULES: readonly Module[] = [
  {
    commands: { status: 'show how every queue of a stack stands: the first look' },
    load: async () => (await import('./commands/status.ts')).addStatus,
  },
  {
    commands: { groups: 'show what letters died of, by group: what waits, what is held' },
    load: async () => (await import('./commands/groups.ts')).addGroups,
  },
  {
    commands: { show: 'show all that is known of a letter, or of a group' },
    load: async () => (await import('./commands/show.ts')).addShow,
  },
  {
    commands: { monitor: 'watch a stack’s queues: depths, rates, groups, level' },
    load: async () => (await import('./commands/monitor.ts')).addMonitor,
  },
  {
    commands: { peek: 'look at letters of a DLQ without consuming them' },
    load: async () => (await import('./commands/peek.ts')).addPeek,
  },
  {
    commands: { analyze: 'find what the letters of a DLQ, or of a saved file, have in common' },
    load: async () => (await import('./commands/analyze.ts')).addAnalyze,
  },
  {
    commands: { plan: 'see what a redrive or a replay would take and leave, and write it down' },
    load: async () => (await import('./commands/plan.ts')).addPlan,
  },
  {
    commands: { redrive: 'send letters of a DLQ back to their queues, carefully' },
    load: async () => (await import('./commands/redrive.ts')).addRedrive,
  },
  {
    commands: { replay: 'send kept letters back: parked, waiting, archived, quarantined' },
    load: async () => (await import('./commands/replay.ts')).addReplay,
  },
  {
    commands: { edit: 'mend a letter’s body and send it' },
    load: async () => (await import('./commands/edit.ts')).addEdit,
  },
  {
    commands: { executions: 'start executions of a state machine from letters' },
    load: async () => (await import('./commands/executions.ts')).addExecutions,
  },
  {
    commands: { verify: 'say whether things have recovered after a redrive' },
    load: async () => (await import('./commands/verify.ts')).addVerify,
  },
  {
    commands: {
      release: 'send a group’s letters back, a few first',
      hold: 'keep a group’s letters until you release them',
    },
    load: async () => (await import('./commands/release.ts')).addRelease,
  },
  {
    commands: { resolve: 'declare a group’s letters dealt with' },
    load: async () => (await import('./commands/resolve.ts')).addResolve,
  },
  {
    commands: { pause: 'stop all healing and releasing of a stack', resume: 'let a paused stack go on' },
    load: async () => (await import('./commands/pause.ts')).addPause,
  },
  {
    commands: { level: 'show or pin how much is healed and released of a queue' },
    load: async () => (await import('./commands/level.ts')).addLevel,
  },
  {
    commands: { audit: 'show who changed what' },
    load: async () => (await import('./commands/audit.ts')).addAudit,
  },
  {
    commands: { classify: 'say why messages died, from JSON Lines of their errors' },
    load: async () => (await import('./commands/classify.ts')).addClassify,
  },
  {
    commands: { completion: 'print a script that completes dlq in your shell', complete: '' },
    load: async () => (await import('./commands/completion.ts')).addCompletion,
  },
];
