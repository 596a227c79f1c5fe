import { names, type Rule, text } from './rule.ts';

/** Lines that Lambda itself writes about an invocation. */
export const LAMBDA: readonly Rule[] = [
  {
    name: 'lambda-timed-out',
    class: 'TIMEOUT',
    why: "the function ran past its timeout; Lambda's own line",
    test: text(/\btask timed out after [\d.]{1,12} seconds?\b|\bSandbox\.Timedout\b|\bFunction\.TimeoutError\b/i),
    confidence: 0.98,
  },
  {
    name: 'lambda-killed-for-memory',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the kernel kills a function that outgrows its memory: SIGKILL, or exit code 137',
    test: text(
      /\bRuntime\.OutOfMemory\b|\bsignal: killed\b|\bSIGKILL\b|\bOOMKilled\b|\b(?:exit(?:ed)?(?: with)?(?: (?:status|code)){0,2}:? ?|exit[ _]code[ =:]{0,2})137\b/i,
    ),
    confidence: 0.95,
  },
  {
    name: 'lambda-crashed',
    class: 'CODE_BUG',
    why: 'a segmentation fault or an abort of the process is a defect of its code or a native module',
    test: text(
      /\bsignal: (?:segmentation fault|illegal instruction|bus error)|\bSIGSEGV\b|\bsegmentation fault\b|\bSIGILL\b|\bSIGBUS\b|\bsignal 11\b|\bexit(?:ed)?(?: with)?(?: (?:status|code)){0,2}:? 139\b/i,
    ),
  },
  {
    name: 'lambda-deployment',
    class: 'CODE_BUG',
    why: 'the package as deployed cannot start: a module, handler, entry point or its syntax is missing or wrong',
    test: names(
      'ImportModuleError HandlerNotFound UserCodeSyntaxError MalformedHandlerName InvalidEntrypoint',
      'InvalidWorkingDirectory NoSuchHandler InvalidTaskDefinition',
    ),
  },
];

/** Words that look telling and are not; asked before the tables would guess. */
export const UNUSABLE: readonly Rule[] = [
  {
    name: 'no-reason-given',
    class: 'UNKNOWN',
    why: 'the runtime ended and nobody said why',
    test: text(
      /\bexited without providing a reason\b|^(?:[\w.]{0,60}: )?(?:RequestId: [\w-]{1,64} )?(?:Error: )?(?:Runtime exited with error: )?exit (?:status|code) [12]$/i,
    ),
    confidence: 0.2,
  },
];
