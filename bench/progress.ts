// What a long run is at, on standard error: standard output is for the tables.

const startedAt = performance.now();

export function progress(line: string): void {
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}
