#!/usr/bin/env node
// `tessera`: the commands for operators of the provider. They also work while it runs. See src/cli/rows.ts.
import { runCommandLine } from './cli/run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
