// Telemetry whose metadata is missing, whose device was replaced, or whose cache is down for a while. Two rounds of
// records, an outage between stop and start of the cache's server, and one replay by a person.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Redis, startRedis } from '../../local-aws/redis.ts';
import type { System } from '../system.ts';
import { runCourse } from './course.ts';
import { faults } from './faults.ts';
import { lines } from './lines.ts';
import type { Report } from './report.ts';

/** The example's default name, and so its replication group's id. */
const NAME = 'telemetry';

let redis: Redis | undefined;

const system: System<Report> = {
  async prepare({ aws }) {
    const directory = join(aws.work, 'telemetry-redis');
    await mkdir(directory, { recursive: true });
    const server = await startRedis(directory);
    redis = server;
    await aws.trust(server.certificate);
    aws.gateway.placeCache(NAME, '127.0.0.1');
    // Several caches share this machine, so the port cannot be AWS's usual one; all else is the example's default.
    return { apply: ['-var', `cache_port=${server.port}`], close: server.close };
  },
  async run(applied) {
    if (redis === undefined) throw new Error('the system was not prepared');
    return runCourse(applied, redis);
  },
  faults,
  lines,
};
export default system;
