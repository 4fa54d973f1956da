// Starts the provider: the same command as `tessera start`, with the same options.
import { runCommandLine } from './cli/run-command-line.ts';

process.exitCode = await runCommandLine(['start', ...process.argv.slice(2)]);
