"""What Lambda's Python runtime and the platform around it print: the loader and the exits are done again here, the errors are real."""
import importlib
import json
import os
import subprocess
import sys
import traceback

from kit import TMP, case

FOLDER = os.path.join(TMP, 'function')
REQUEST = '8f4290aa-0401-4503-9429-4d0429040100'


def loaded(handler, **files):
    """Loads a handler as the runtime does and returns the line that it prints when it cannot."""
    os.makedirs(FOLDER, exist_ok=True)
    for name, source in files.items():
        with open(os.path.join(FOLDER, name + '.py'), 'w', encoding='utf-8') as f:
            f.write(source)
    module, _, function = handler.rpartition('.')
    sys.path.insert(0, FOLDER)
    importlib.invalidate_caches()
    try:
        getattr(importlib.import_module(module), function)
    except ImportError as err:
        return ('Runtime.ImportModuleError', f"Unable to import module '{module}': {err}", [])
    except SyntaxError as err:
        return ('Runtime.UserCodeSyntaxError', f"Syntax error in module '{module}': {err}", [f'  File "/var/task/{os.path.basename(err.filename)}" Line {err.lineno}\n    {(err.text or "").strip()}\n'])
    except AttributeError:
        return ('Runtime.HandlerNotFound', f"Handler '{function}' missing on module '{module}'", [])
    except Exception as err:  # noqa: BLE001
        frames = [f for f in traceback.extract_tb(err.__traceback__) if f.filename.startswith(FOLDER)]
        return (type(err).__name__, str(err), [f'  File "/var/task/{os.path.basename(f.filename)}", line {f.lineno}, in {f.name}\n    {f.line}\n' for f in frames])
    finally:
        sys.path.remove(FOLDER)


def as_log(kind, text, stack):
    return {'errorMessage': f'[ERROR] {kind}: {text}\nTraceback (most recent call last):\n' + '\n'.join(stack)}


def as_answer(kind, text, stack):
    return {'errorType': kind, 'errorMessage': text, 'stack': ''.join(stack)}


def init(name, cls, cause, form, handler, misleading=False, **files):
    @case(name, cls, cause, 'text', misleading=misleading)
    def load_handler():
        return form(*loaded(handler, **files))


init('lambda-import', 'CODE_BUG', 'the module of the handler imports a package that was not deployed', as_answer, 'fn_import.handler', fn_import='import pyjwt_token_auth\ndef handler(e, c): pass\n', misleading=True)
init('lambda-import-log', 'CODE_BUG', 'the module of the handler does not exist', as_log, 'order_timeout.handler', misleading=True)
init('lambda-native', 'CODE_BUG', 'a native library was built for another system', as_log, 'fn_native.handler', fn_native='import ctypes\ntry:\n    ctypes.CDLL("libodbc.so.429")\nexcept OSError as e:\n    raise ImportError(str(e)) from None\ndef handler(e, c): pass\n')
init('lambda-syntax', 'CODE_BUG', 'the module of the handler has a syntax error', as_answer, 'fn_syntax.handler', fn_syntax='def handler(event, context):\n    token = event["token"\n    return token\n', misleading=True)
init('lambda-handler', 'CODE_BUG', 'the handler has another name than configured', as_log, 'fn_other.handle_order', fn_other='def handler(e, c): pass\n')
init('lambda-init-env', 'CODE_BUG', 'a variable is missing while the module is loaded', as_log, 'fn_env.handler', fn_env='import os\nRATE_LIMIT = os.environ["RATE_LIMIT"]\n', misleading=True)


def ended(code):
    """How the platform reports a runtime process that ended so."""
    done = subprocess.run([sys.executable, '-c', code], capture_output=True)
    if done.returncode < 0:
        return {-9: 'signal: killed', -11: 'signal: segmentation fault', -6: 'signal: aborted'}[done.returncode]
    return f'exit status {done.returncode}'


@case('lambda-killed', 'RESOURCE_EXHAUSTED', 'the function was killed for its memory', 'text')
def invoke_killed():
    how = ended('import os; os.kill(os.getpid(), 9)')
    return {'errorType': 'Runtime.ExitError', 'errorMessage': f'RequestId: {REQUEST} Error: Runtime exited with error: {how}'}


@case('lambda-segfault', 'CODE_BUG', 'the function read address 0', 'text')
def invoke_crash():
    how = ended('import ctypes; ctypes.string_at(0)')
    return {'errorType': 'Runtime.ExitError', 'errorMessage': f'RequestId: {REQUEST} Error: Runtime exited with error: {how}'}


@case('lambda-exit-1', 'UNKNOWN', 'the function ended itself', 'text')
def invoke_exit():
    how = ended('import sys; sys.exit(1)')
    return {'errorMessage': f'RequestId: {REQUEST} Error: Runtime exited with error: {how}\nRuntime.ExitError'}


@case('lambda-exit-0', 'UNKNOWN', 'the function ended itself without a code', 'text')
def invoke_exit_quietly():
    assert ended('pass') == 'exit status 0'
    return {'errorType': 'Runtime.ExitError', 'errorMessage': f'RequestId: {REQUEST} Error: Runtime exited without providing a reason'}


@case('lambda-timeout', 'TIMEOUT', 'the function ran over its time', 'text')
def invoke_long():
    try:
        subprocess.run(['sleep', '5'], timeout=0.3)
    except subprocess.TimeoutExpired:
        return {'errorMessage': f'2026-05-04T08:00:03.503Z {REQUEST} Task timed out after 3.00 seconds\n\n'}


@case('lambda-timeout-sandbox', 'TIMEOUT', 'the function ran over its time', 'text')
def invoke_sandbox():
    try:
        subprocess.run(['sleep', '5'], timeout=0.3)
    except subprocess.TimeoutExpired:
        return {'errorType': 'Sandbox.Timedout', 'errorMessage': f'RequestId: {REQUEST} Error: Task timed out after 30.03 seconds'}


@case('lambda-marshal', 'CODE_BUG', 'the handler returns something that is not JSON', 'text', accept='VALIDATION_ERROR')
def invoke_marshal():
    try:
        json.dumps({'at': {1, 2}})
    except TypeError as err:
        return {'errorType': 'Runtime.MarshalError', 'errorMessage': f'Unable to marshal response: {err}', 'stack': ''}
