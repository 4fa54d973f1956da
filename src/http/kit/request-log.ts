// Logs one line per request: method, path, status, duration. log.ts removes secrets from paths; queries and
// bodies are never logged.
import { randomUUID } from 'node:crypto';
import { type Log, loggablePath } from '../../log.ts';
import type { Handler } from './context.ts';

export function logRequests(log: Log): Handler {
  return async (ctx, next) => {
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    const startedAt = performance.now();
    ctx.res.once('close', () => {
      const { requestId, address } = ctx.state;
      const status = ctx.res.statusCode;
      const durationMs = Math.round(performance.now() - startedAt);
      log.info({ requestId, method: ctx.method, path: loggablePath(ctx.path), status, durationMs, address }, 'request');
    });
    await next();
  };
}
