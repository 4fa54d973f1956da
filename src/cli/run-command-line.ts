// Runs one command line: parses it, checks where it may work, asks before something is destroyed, prints
// the output. Exit codes: 0 done, 1 refused or failed, 2 a mistake in the command, 130 interrupted.
// Errors go to standard error.
import { type Clock, systemClock } from '../clock.ts';
import { spellCommand } from '../command-name.ts';
import { AppError } from '../errors.ts';
import type { Command, Values } from './command.ts';
import { type Ask, askAtTerminal, confirmationRequired, createConfirm, InterruptedError } from './confirm.ts';
import { plain, render, write } from './output.ts';
import { parseCommand, requireOptions } from './parse-command.ts';
import { remoteIssuer } from './remote/issuer.ts';
import { RemoteError } from './remote/remote-error.ts';
import { rows } from './rows.ts';
import { UsageError } from './usage-error.ts';

/** What surrounds a command line. Tests pass their own. */
export type Surroundings = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** True when a person reads standard output. */
  readonly isTerminal: boolean;
  readonly write: (text: string) => Promise<void>;
  readonly ask: Ask;
};

/** As a shell reports a command that Ctrl-C ended. */
const interrupted = 130;

/**
 * @param args the words after the program's name.
 * @returns the exit code; errors are printed, never thrown
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const isTerminal = process.stdout.isTTY === true;
  const ask = canAsk ? askAtTerminal : null;
  try {
    await runCommand(args, { env: process.env, clock: systemClock, isTerminal, write, ask });
    // `start` fails with a message and an exit code of its own.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const { message, code } = await explain(error);
    process.stderr.write(message);
    return code;
  }
}

/** @throws UsageError, AppError, ConfigError, and whatever the command throws */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const parsed = parseCommand(args);
  if ('text' in parsed) return surroundings.write(parsed.text);
  await runRow(parsed.row, parsed.values, surroundings);
}

/** Everything that can refuse a command without opening anything comes before `run`. */
async function runRow(row: Command, values: Values, { ask, ...surroundings }: Surroundings): Promise<void> {
  const issuer = issuerFor(row, values, surroundings.env);
  requireOptions(row, values);
  const isGiven = values.yes === true;
  if (row.destroys?.(values) && !isGiven && !ask) throw confirmationRequired(row.name);
  const confirm = createConfirm({ name: row.name, isGiven, ask });
  const output = await row.run(values, { ...surroundings, issuer, confirm, commands: rows }).catch((error: unknown) => {
    if (!(error instanceof UsageError) || error.help !== null) throw error;
    throw new UsageError(error.message, { cause: error, help: row.name });
  });
  if (output !== undefined) await surroundings.write(render(output, surroundings.isTerminal));
}

/** @throws RemoteError `remote_unsupported` for a command that works beside the store only */
function issuerFor({ name, place }: Command, { issuer }: Values, env: NodeJS.ProcessEnv): string | null {
  if (place === 'anywhere') return null;
  const remote = remoteIssuer({ issuer: issuer as string | undefined }, env);
  if (remote === null || place === 'either') return remote;
  const sentence = `“${name}” works on the provider’s own machine only, without --issuer or TESSERA_REMOTE.`;
  throw new RemoteError('remote_unsupported', sentence);
}

/** What standard error shows, and the exit code. The code of an AppError stands in parentheses. */
async function explain(error: unknown): Promise<{ message: string; code: number }> {
  if (error instanceof InterruptedError) return { message: '\n', code: interrupted };
  const sentence = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    const help = error.help === null ? '' : `Help: ${spellCommand(`${error.help} --help`.trim())}\n`;
    return { message: plain(`${sentence}\n${help}`), code: 2 };
  }
  if (error instanceof AppError) {
    const isCancelled = error instanceof RemoteError && error.code === 'login_cancelled';
    return { message: plain(`${sentence} (${error.code})\n`), code: isCancelled ? interrupted : 1 };
  }
  // Loaded here only, since it brings the whole schema.
  const { ConfigError } = await import('../config/config.ts');
  if (!(error instanceof ConfigError)) return { message: plain(`${sentence}\n`), code: 1 };
  const lines = error.problems.map(({ path, message }) => `${path} ${message}\n`);
  return { message: lines.join(''), code: 1 };
}
