// The child process that hashes passwords (forked by hashing-process.ts). It answers each request of its
// parent over the IPC channel and exits when that channel closes. It runs at a low priority, so that requests
// that need no password keep the processor.
import { constants, setPriority } from 'node:os';
import { compute, type HashingRequest } from './hashing-process.ts';

// This must run before the first hash: the threads of the pool inherit the priority of the process that
// starts them.
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // A sandbox may forbid a change of priority. Hashing at the normal priority is then acceptable.
}
// Ctrl+C in a terminal signals the whole process group. The parent still answers open requests after it, so
// the child ignores these signals and leaves with the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

process.on('message', async (request: HashingRequest) => {
  const answer = await compute(request);
  process.send?.(answer);
});
