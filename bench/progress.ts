// Reports the progress of a long run on standard error. Standard output is for the tables.

const startedAt = performance.now();

export function progress(line: string): void {
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}
