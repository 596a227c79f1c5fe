"""Runs all scenarios (or those whose names contain an argument) and writes the corpus of this recorder."""
import importlib
import os
import shutil
import sys

import kit
import servers

PARTS = ['python_itself', 'bodies', 'fields', 'limits', 'lambda_runtime', 'http_clients', 'http_answers', 'aws', 'saas', 'grpc_calls', 'tls', 'mail', 'shell',
         'vague', 'postgres', 'mysql', 'sqlite', 'redis_cache', 'brokers', 'directory', 'retries']

for part in PARTS:
    importlib.import_module(part)
only = sys.argv[1:]
target = '/dev/stdout' if only else os.path.join(kit.HERE, '..', '..', 'texts', 'python.jsonl')
try:
    with open(target, 'w', encoding='utf-8') as out:
        good = kit.record(only, out)
finally:
    servers.stop_all()
    kit.undo()
    shutil.rmtree(kit.TMP, ignore_errors=True)
os._exit(0 if good else 1)
