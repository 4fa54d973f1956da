#!/usr/bin/env node
// `tessera`: the commands of whoever runs the provider. They work beside a running one. See src/cli/rows.ts.
import { runCommandLine } from './cli/run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
