// The service worker of the phone's pages: when the network is away, it says so instead of the browser's error page. It keeps that one page
// and its style, and nothing else: no sign-in page, no answer of the API ever enters its cache. http/phone/web-app.ts puts `offline` before it.
// And it rings: a push message becomes a notification, whose tap opens the page that it names (RFC 8030; push/pushes.ts sends them).

type Offline = {
  /** Changes with what is kept. */
  readonly version: string;
  readonly page: string;
  /** Paths; `page` is one of them. */
  readonly files: readonly string[];
};

// The types know one `self` for all workers; `offline` is put before this file.
const worker = self as unknown as ServiceWorkerGlobalScope & { readonly offline: Offline };
const { version, page, files } = worker.offline;
const prefix = 'tessera-offline-';
const cacheName = prefix + version;

worker.addEventListener('install', (event) => event.waitUntil(keepFiles()));
worker.addEventListener('activate', (event) => event.waitUntil(dropOlder()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept(page)));
  else if (files.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

worker.addEventListener('push', (event) => {
  const { title, body, url } = (event.data?.json() ?? {}) as { title?: string; body?: string; url?: string };
  // One at a time waits, so a later one takes the place of the one before.
  const options = { body: body ?? '', tag: 'tessera', data: url ?? '/q' };
  event.waitUntil(worker.registration.showNotification(title ?? 'Tessera', options));
});
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(String(event.notification.data)));
});

/** Only our own pages, whatever a message says. */
async function openPage(address: string): Promise<void> {
  const { href, origin } = new URL(address, worker.location.href);
  await worker.clients.openWindow(origin === worker.location.origin ? href : '/q');
}

async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...files]);
  await worker.skipWaiting();
}

async function dropOlder(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function kept(path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}
