// `npm run bench`: the tables of docs/figures.md, as ratios within one run, since the machine is shared and
// noisy. Prints a readable table and writes bench/latest.json (ignored by git). `npm run bench -- --only
// admin|rate|latency|screens|proofs|polls`.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureAdmin } from './admin.ts';
import { measureLatency } from './latency.ts';
import { measurePolls } from './polls.ts';
import { measureProofs } from './proofs.ts';
import { measureRate } from './rate.ts';
import { measureScreens } from './screens.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const parts = {
  rate: measureRate,
  latency: measureLatency,
  screens: measureScreens,
  admin: measureAdmin,
  proofs: measureProofs,
  polls: measurePolls,
};
const results: Record<string, unknown> = {
  at: new Date().toISOString(),
  node: process.version,
  cores: (await import('node:os')).cpus().length,
};
for (const [name, measure] of Object.entries(parts)) {
  if (values.only && values.only !== name) continue;
  results[name] = await measure({ isQuick: values.quick });
}
await writeFile(new URL('latest.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
