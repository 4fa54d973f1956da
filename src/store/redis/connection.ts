// The connections to Redis. While the server is away every command fails fast and the client reconnects by
// itself. A command is never sent twice, because the first attempt may have been carried out.
import { setImmediate } from 'node:timers';
import { Redis, type RedisOptions } from 'ioredis';
import { StoreUnavailableError } from '../store.ts';
import { defineScripts } from './scripts.ts';

const connectTimeoutMs = 2000;
const commandTimeoutMs = 2000;
/** When no data has come for this long while a command is open, the connection is closed and opened again. */
const socketTimeoutMs = 4000;
const reconnectMaxMs = 500;
/** The subscriber sends nothing by itself. Pings reveal a connection that is dead. */
const subscriberPingMs = 10_000;

const shared = {
  lazyConnect: true,
  connectTimeout: connectTimeoutMs,
  commandTimeout: commandTimeoutMs,
  socketTimeout: socketTimeoutMs,
  retryStrategy: (attempt: number) => Math.min(attempt * 25, reconnectMaxMs),
  autoResendUnfulfilledCommands: false,
  // After a failover the old primary answers READONLY. Reconnecting resolves the new primary.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

export type Connection = {
  /** Runs commands. @throws StoreUnavailableError when the server cannot be reached or cannot serve. */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /**
   * Subscribes to one channel until `close`, also over reconnections. After a reconnection `missed` is
   * called, since messages may have been lost meanwhile.
   */
  subscribe(channel: string, listener: { heard(message: string): void; missed(): void }): Promise<void>;
  /** Finishes commands under way and closes all connections. */
  close(): Promise<void>;
};

/** Connects once, without retry. @throws StoreUnavailableError when the server does not answer now */
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
      // Registered after the first connection, so it fires for reconnections only.
      subscriber.on('ready', () => listener.missed());
      const timer = setInterval(() => subscriber.ping().catch(() => undefined), subscriberPingMs).unref();
      closers.push(() => clearInterval(timer));
    },

    async close() {
      for (const close of closers.splice(0)) close();
      // QUIT waits for commands under way. When the server is away it fails, and there is nothing to wait
      // for.
      await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/**
 * Sends the commands of one turn of the event loop with one write to the socket, since a write costs more
 * than a command.
 */
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
  // Without a listener ioredis prints every failed reconnection. Callers see them as failed commands.
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

/** Error replies that mean "not now". Every other error reply is caused by a bug of ours. */
const cannotServe =
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|OOM|MISCONF|BUSY|NOAUTH|WRONGPASS) ?/;

/** Returns StoreUnavailableError for a failure of the server, null for an error of ours. */
function unavailable(error: unknown): StoreUnavailableError | null {
  if (error instanceof StoreUnavailableError) return error;
  if (!(error instanceof Error) || (isReply(error) && !cannotServe.test(error.message))) return null;
  return isReply(error) || isOfConnection(error)
    ? new StoreUnavailableError(`Redis cannot be used: ${sentenceOf(error)}`, { cause: error })
    : null;
}

const isReply = (error: Error): boolean => error.name === 'ReplyError';

/** Recognises failures of the client by their names, and failures of the socket by their system call. */
function isOfConnection(error: Error): boolean {
  const isClients = error.name === 'MaxRetriesPerRequestError' || error.name === 'AbortError';
  const isPlain = /^(Connection is closed|Command timed out|Stream isn't writeable|Socket timeout)/.test(error.message);
  return isClients || isPlain || 'syscall' in error;
}

/** Names the server in errors, without the password that a URL may contain. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the configured address';
}

const sentenceOf = (error: unknown): string => (error instanceof Error && error.message) || 'it does not answer';
