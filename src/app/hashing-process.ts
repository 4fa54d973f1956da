// The process that hashes passwords (hashing.ts): answers the one that began it, ends with it, and leaves the processor to whoever wants it.
import { constants, setPriority } from 'node:os';
import { hashHere } from '../account/hashing.ts';
import type { HashingAnswer, HashingJob, HashingRequest } from './hashing.ts';

// Before the first hash: the threads that compute take over the priority of the one that begins them.
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // A sandbox may forbid it: better at the ordinary priority than not at all.
}
// A terminal's Ctrl+C reaches this process too, while the provider still answers who waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

process.on('message', async ({ id, job }: HashingRequest) => {
  const answer: HashingAnswer = await compute(job).then(
    (result) => ({ id, result }),
    (error: Error) => ({ id, error: error.message }),
  );
  process.send?.(answer);
});

const compute = (job: HashingJob): Promise<string | boolean> =>
  job.kind === 'hash' ? hashHere.hash(job.password, job.options) : hashHere.verify(job.stored, job.password);
