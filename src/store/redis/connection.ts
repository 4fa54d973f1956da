// The connections to Redis. While the server is away every command fails fast, and the client reconnects by itself; a command
// is never sent twice, since the first try may have been carried out.
import { setImmediate } from 'node:timers';
import { Redis, type RedisOptions } from 'ioredis';
import { StoreUnavailableError } from '../store.ts';
import { defineScripts } from './scripts.ts';

const connectTimeoutMs = 2000;
const commandTimeoutMs = 2000;
/** A server that leaves a command unanswered this long is taken for lost, and the connection is made anew. */
const socketTimeoutMs = 4000;
const reconnectMaxMs = 500;
/** Keeps the silent subscriber connection from being lost unnoticed. */
const subscriberPingMs = 10_000;

const shared = {
  lazyConnect: true,
  connectTimeout: connectTimeoutMs,
  commandTimeout: commandTimeoutMs,
  socketTimeout: socketTimeoutMs,
  retryStrategy: (attempt: number) => Math.min(attempt * 25, reconnectMaxMs),
  autoResendUnfulfilledCommands: false,
  // After a failover the old primary answers READONLY: look the primary up again.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

export type Connection = {
  /** Runs commands. @throws StoreUnavailableError when the server cannot be reached or cannot serve. */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /** Listens to one channel until closed, over reconnections too; after one, `missed` is told that messages may have been. */
  subscribe(channel: string, listener: { heard(message: string): void; missed(): void }): Promise<void>;
  close(): Promise<void>;
};

/** @throws StoreUnavailableError when the server does not answer now. */
export async function openConnection(url: string): Promise<Connection> {
  const redis = new Redis(url, { ...shared, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  defineScripts(redis);
  await connect(redis, url);
  const closers: (() => void)[] = [];
  const gather = gatherer(redis);

  return {
    async run(commands) {
      gather();
      try {
        return await commands(redis);
      } catch (error) {
        throw unavailable(error) ?? error;
      }
    },

    async subscribe(channel, listener) {
      const subscriber = new Redis(url, { ...shared, maxRetriesPerRequest: null });
      closers.push(() => subscriber.disconnect());
      await connect(subscriber, url);
      subscriber.on('message', (_channel, message) => listener.heard(message));
      await subscriber.subscribe(channel);
      subscriber.on('ready', () => listener.missed());
      const timer = setInterval(() => subscriber.ping().catch(() => undefined), subscriberPingMs).unref();
      closers.push(() => clearInterval(timer));
    },

    async close() {
      for (const close of closers.splice(0)) close();
      // Lets commands under way end; when the server is away there is nothing to wait for.
      await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** What requests of one turn of the event loop ask goes out together: writing to the socket costs more than a command. */
function gatherer(redis: Redis): () => void {
  let isGathering = false;
  return () => {
    if (isGathering || redis.status !== 'ready') return;
    isGathering = true;
    const { stream } = redis;
    stream.cork();
    setImmediate(() => {
      isGathering = false;
      stream.uncork();
    });
  };
}

async function connect(redis: Redis, url: string): Promise<void> {
  let cause: unknown;
  // Without a listener the client prints every failed reconnection. Callers see them as failed commands.
  redis.on('error', (error) => {
    cause = error;
  });
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    const reason = cause instanceof Error ? cause : error;
    throw new StoreUnavailableError(`Redis at ${placeOf(url)} cannot be used: ${sentenceOf(reason)}`, {
      cause: reason,
    });
  }
}

/** Answers of a server that is there but cannot serve now; any other error answer is our own bug. */
const cannotServe =
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|OOM|MISCONF|BUSY|NOAUTH|WRONGPASS) ?/;

function unavailable(error: unknown): StoreUnavailableError | null {
  if (error instanceof StoreUnavailableError) return error;
  if (!(error instanceof Error) || (isReply(error) && !cannotServe.test(error.message))) return null;
  return isReply(error) || isOfConnection(error)
    ? new StoreUnavailableError(`Redis cannot be used: ${sentenceOf(error)}`, { cause: error })
    : null;
}

const isReply = (error: Error): boolean => error.name === 'ReplyError';

/** The client names its own failures; those of the socket have a system error code. */
function isOfConnection(error: Error): boolean {
  const isClients = error.name === 'MaxRetriesPerRequestError' || error.name === 'AbortError';
  const isPlain = /^(Connection is closed|Command timed out|Stream isn't writeable|Socket timeout)/.test(error.message);
  return isClients || isPlain || 'syscall' in error;
}

/** Without the password that a URL may carry. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the configured address';
}

const sentenceOf = (error: unknown): string => (error instanceof Error && error.message) || 'it does not answer';
