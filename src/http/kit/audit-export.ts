// The audit log as a download in JSON Lines, for the console and the administration API. A page is read when
// the one before it was sent, so a long log takes little memory and a slow reader delays only itself.
import { Readable } from 'node:stream';
import type { Context } from './context.ts';

/**
 * Names the file. When the reader leaves early, reading the log ends too. @param lines one JSON document each
 */
export function exportOf(ctx: Context, lines: AsyncGenerator<string>): Readable {
  ctx.set('Content-Disposition', 'attachment; filename="audit.jsonl"');
  return Readable.from(lines);
}
