import { names, type Rule, text } from './rule.ts';

/** Lines that Lambda itself writes about an invocation. */
export const LAMBDA: readonly Rule[] = [
  {
    name: 'lambda-timed-out',
    class: 'TIMEOUT',
    why: "the function ran past its timeout; Lambda's own line",
    test: text(String.raw`
      task timed out after [\d.]{1,12} seconds?\b
      Sandbox\.Timedout\b
      Function\.TimeoutError\b
    `),
    confidence: 0.98,
  },
  {
    name: 'lambda-killed-for-memory',
    class: 'RESOURCE_EXHAUSTED',
    why: 'the kernel kills a function that outgrows its memory: SIGKILL, or exit code 137',
    test: text(String.raw`
      Runtime\.OutOfMemory\b
      signal: killed\b
      SIGKILL\b
      OOMKilled\b
      \b(?:exit(?:ed)?(?: with)?(?: (?:status|code)){0,2}:? ?|exit[ _]code[ =:]{0,2}|container: )137\b
    `),
    confidence: 0.95,
  },
  {
    name: 'lambda-crashed',
    class: 'CODE_BUG',
    why: 'a segmentation fault or an abort of the process is a defect of its code or a native module',
    test: text(String.raw`
      signal: (?:segmentation fault|illegal instruction|bus error)
      SIGSEGV\b
      segmentation fault\b
      SIGILL\b
      SIGBUS\b
      signal 11\b
      exit(?:ed)?(?: with)?(?: (?:status|code)){0,2}:? 139\b
    `),
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
    name: 'nothing-said',
    class: 'UNKNOWN',
    why: 'it says that something failed, and nothing of what: an exit status, an apology',
    test: text(String.raw`
      exited without providing a reason\b
      ^(?:[\w.]{0,60}: )?(?:RequestId: [\w-]{1,64} )?(?:Error: )?(?:Runtime exited with error: )?exit (?:status|code) [12]$
      exited (?:prematurely|with)\b.{0,30}\b(?:exitcode|code|status):? ?1$
      \b(?:something|things) (?:went|has gone) wrong\b
      \b(?:an? )?(?:unknown|unexpected|unspecified|unhandled|generic|general) (?:error|exception|failure|problem)(?: has)?(?: occurred| happened| encountered)?(?:\.|$)
      an error (?:has )?occurred\.?$
      we(?: a|'a)re sorry\b
      please try again(?: later)?\.?$
      oops\b
      please contact (?:support|your administrator|the administrator)
      failed for unknown reasons?\b
      \[object object\]
      no (?:further )?(?:details|information|error message) (?:are |is )?(?:available|given|provided)
      Box<dyn Any>
      err. value: \(\)
      an error occurred when formatting an argument\b
      receiving on a closed channel\b
      missing lock for job\b
      internal error code, arguments: \[
    `),
    confidence: 0.2,
  },
];
