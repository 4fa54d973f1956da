// The load of screens that poll for their approval. It builds each request once and uses few sockets,
// because it shares the processor with the server under measurement.
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { deviceGrantType } from '../test/support/screen.ts';
import type { Served } from './processes.ts';
import { createSocketClient } from './socket-client.ts';

export const clientId = 'tea-house-tv';
export const intervalMs = 5000;
const sockets = 32;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** One complete request to the token endpoint for each screen. */
export type Screens = readonly Buffer[];
/** `others` counts the answers that were not "authorization_pending", by their text. */
export type Polled = { readonly ms: number[]; readonly seconds: number; readonly others: Map<string, number> };

/** Each screen has its own address, as screens in different homes have. */
const headersOf = (screen: number) => ({ ...form, 'x-forwarded-for': `198.18.${screen >> 8}.${screen & 255}` });

/** Requests a code for each screen. @throws Error when one is refused */
export async function beginScreens({ port }: Served, howMany: number): Promise<Screens> {
  const screens: Buffer[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    const client = createSocketClient(port);
    const body = String(new URLSearchParams({ client_id: clientId, scope: 'openid profile' }));
    for (let screen = next++; screen < howMany; screen = next++) {
      const { status, text } = await client.request('POST', '/device/auth', headersOf(screen), body);
      if (status !== 200) throw new Error(`a screen is refused: ${status} ${text}`);
      screens[screen] = pollOf(port, screen, JSON.parse(text).device_code);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: 8 }, run));
  return screens;
}

function pollOf(port: number, screen: number, code: string): Buffer {
  const body = String(new URLSearchParams({ client_id: clientId, grant_type: deviceGrantType, device_code: code }));
  const headers = Object.entries({
    ...headersOf(screen),
    host: `localhost:${port}`,
    'content-length': String(body.length),
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST /token HTTP/1.1\r\n${head}\r\n${body}`);
}

/** Polls once for every screen, as fast as the server answers. */
export function pollAll(server: Served, screens: Screens): Promise<Polled> {
  let next = 0;
  return drive(server, () => (next < screens.length ? screens[next++] : undefined));
}

/**
 * Polls for every screen once per interval, evenly spread, whether the server keeps up or not. A poll that
 * is due waits for a free socket, and its time counts from the moment when it was due.
 */
export async function pollSteadily(server: Served, screens: Screens, rounds: number): Promise<Polled> {
  const spacingMs = intervalMs / screens.length;
  const startedAt = performance.now();
  let next = 0;
  const dueAt = () => startedAt + next * spacingMs;
  return drive(
    server,
    () =>
      next < screens.length * rounds && dueAt() <= performance.now() ? screens[next++ % screens.length] : undefined,
    { isDone: () => next >= screens.length * rounds, since: () => dueAt() - spacingMs },
  );
}

type Pace = { isDone(): boolean; since(): number };
type Line = { socket: Socket; since: number; received: string };

/**
 * Sends the requests that `take` returns over any free socket, until none is left.
 * @param pace absent: when `take` returns nothing, no further request will come
 */
async function drive({ port }: Served, take: () => Buffer | undefined, pace?: Pace): Promise<Polled> {
  const [ms, others] = [[] as number[], new Map<string, number>()];
  const startedAt = performance.now();
  const free: Line[] = [];
  const failed = Promise.withResolvers<never>();

  function send(line: Line): void {
    const request = take();
    if (!request) return void free.push(line);
    line.since = pace?.since() ?? performance.now();
    line.socket.write(request);
  }
  function hear(line: Line, chunk: string): void {
    line.received += chunk;
    const body = bodyOf(line.received);
    if (body === null) return;
    ms.push(performance.now() - line.since);
    if (!body.includes('"authorization_pending"')) others.set(body, (others.get(body) ?? 0) + 1);
    line.received = '';
    send(line);
  }

  const lines = Array.from({ length: sockets }, (): Line => {
    const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
    const line = { socket, since: 0, received: '' };
    socket.on('data', (chunk: string) => hear(line, chunk));
    socket.on('error', failed.reject);
    socket.on('close', () => failed.reject(new Error('the server closed a socket')));
    return line;
  });
  for (const line of lines) send(line);
  const isIdle = () => free.length === lines.length && (pace?.isDone() ?? true);
  while (!isIdle()) {
    await Promise.race([setTimeout(1), failed.promise]);
    if (pace) for (const line of free.splice(0)) send(line);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  failed.promise.catch(() => undefined);
  for (const { socket } of lines) socket.removeAllListeners('close').destroy();
  return { ms, seconds, others };
}

/** Returns the body of a complete answer, or null while the answer is incomplete. */
function bodyOf(answer: string): string | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  if (length === undefined) throw new Error(`an answer without its length: ${answer}`);
  return answer.length < end + 4 + Number(length) ? null : answer.slice(end + 4);
}
