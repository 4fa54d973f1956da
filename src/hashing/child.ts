// The process that hashes passwords (hashing.ts): answers the one that began it, ends with it, and leaves the processor to whoever wants it.
import { constants, setPriority } from 'node:os';
import { compute, type HashingRequest } from './hashing-process.ts';

// Before the first hash: the threads that compute take over the priority of the one that begins them.
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // A sandbox may forbid it: better at the ordinary priority than not at all.
}
// A terminal's Ctrl+C reaches this process too, while the provider still answers who waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

process.on('message', async (request: HashingRequest) => {
  const answer = await compute(request);
  process.send?.(answer);
});
