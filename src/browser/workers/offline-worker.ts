// The service worker of the phone's pages. Without a network it serves an offline page. It caches only that
// page and its assets; sign-in pages and API responses never enter the cache. It also shows a notification
// for each push message (RFC 8030), which core/push/pushes.ts sends. http/phone/web-app.ts serves this file
// and prepends the definition of `offline`.

/** What http/phone/web-app.ts prepends. */
type Offline = {
  /** Hash of the files. A new version replaces the old cache. */
  readonly version: string;
  /** Path of the offline page. */
  readonly page: string;
  /** Paths of all cached files, `page` included. */
  readonly files: readonly string[];
};

// TypeScript has one type of `self` for all kinds of workers.
const worker = self as unknown as ServiceWorkerGlobalScope & { readonly offline: Offline };
const { version, page, files } = worker.offline;
const prefix = 'tessera-offline-';
const cacheName = prefix + version;

worker.addEventListener('install', (event) => event.waitUntil(cacheFiles()));
worker.addEventListener('activate', (event) => event.waitUntil(deleteOldCaches()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === 'navigate') event.respondWith(answerInTime(request).catch(() => cached(page)));
  else if (files.includes(pathname)) event.respondWith(fetch(request).catch(() => cached(pathname)));
});

worker.addEventListener('push', (event) => {
  const { title, body, url } = (event.data?.json() ?? {}) as { title?: string; body?: string; url?: string };
  // A phone has at most one open request, so a new notification replaces the previous one (same tag).
  const options = { body: body ?? '', tag: 'tessera', data: url ?? '/q' };
  event.waitUntil(worker.registration.showNotification(title ?? 'Tessera', options));
});
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(String(event.notification.data)));
});

/** Opens only pages of our origin, whatever the message contains. */
async function openPage(address: string): Promise<void> {
  const { href, origin } = new URL(address, worker.location.href);
  await worker.clients.openWindow(origin === worker.location.origin ? href : '/q');
}

/** Fails when one file cannot be fetched; the browser then tries the installation again later. */
async function cacheFiles(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...files]);
  await worker.skipWaiting();
}

async function deleteOldCaches(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/** A page that has not begun to arrive after this time counts as not reachable. */
const patienceMs = 10_000;

/** @throws when the server does not answer in time */
async function answerInTime(request: Request): Promise<Response> {
  const tooLate = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('no answer')), patienceMs);
  });
  return Promise.race([fetch(request), tooLate]);
}

/** A file of the cache, or a network error when the browser has evicted it. */
async function cached(path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}
