// The audit trail as a file to download (JSON Lines), by console and API. The next page is read when the last one was sent, so that a
// long trail takes little memory and a slow reader waits only for itself.
import { Readable } from 'node:stream';
import type { Context } from './context.ts';

/** Names the file; whoever leaves early ends the reading too. */
export function exportOf(ctx: Context, lines: AsyncGenerator<string>): Readable {
  ctx.set('Content-Disposition', 'attachment; filename="audit.jsonl"');
  return Readable.from(lines);
}
