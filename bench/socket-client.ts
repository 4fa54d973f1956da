// A minimal HTTP/1.1 client that keeps its socket open and sends one request at a time, so that a
// measurement shows the server and not the costs of fetch().
import { connect, type Socket } from 'node:net';

export type Answer = { status: number; headers: string; text: string };
export type SocketClient = ReturnType<typeof createSocketClient>;

const crlf2 = Buffer.from('\r\n\r\n');

export function createSocketClient(port: number, host = `localhost:${port}`) {
  let socket: Socket | null = null;
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  function fail(error: Error): void {
    socket = null;
    waiting?.reject(error);
    waiting = null;
  }

  function open(): Socket {
    const opened = connect(port, '127.0.0.1').setNoDelay();
    opened.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = take();
      if (!answer || !waiting) return;
      const { resolve } = waiting;
      waiting = null;
      resolve(answer);
    });
    opened.on('error', fail);
    opened.on('close', () => fail(new Error('the server closed the socket')));
    return opened;
  }

  /** Returns one complete answer from the received bytes, or null. */
  function take(): Answer | null {
    const end = received.indexOf(crlf2);
    if (end < 0) return null;
    const headers = received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1];
    const start = end + crlf2.length;
    const status = Number(headers.slice(9, 12));
    if (length === undefined && /\r\ntransfer-encoding: chunked/i.test(headers))
      throw new Error(`chunked answer: ${headers}`);
    const size = Number(length ?? 0);
    if (received.length < start + size) return null;
    const text = received.toString('utf8', start, start + size);
    received = received.subarray(start + size);
    return { status, headers, text };
  }

  return {
    request(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
      socket ??= open();
      const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`];
      for (const [name, value] of Object.entries(headers)) if (value) lines.push(`${name}: ${value}`);
      if (method !== 'GET') lines.push(`content-length: ${Buffer.byteLength(body)}`);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket?.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
      });
    },
    close: () => void socket?.destroy(),
  };
}

/** A cookie jar that ignores paths, because the cookies of one sign-in differ by name. */
export function createJar() {
  const cookies = new Map<string, string>();
  return {
    header: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    keep({ headers }: Answer): void {
      for (const [, name = '', value = ''] of headers.matchAll(/^set-cookie: ([^=]+)=([^;\r]*)/gim)) {
        if (value) cookies.set(name, value);
        else cookies.delete(name);
      }
    },
  };
}

export const locationOf = ({ headers }: Answer): string => /^location: (.+?)\r?$/im.exec(headers)?.[1] ?? '';
