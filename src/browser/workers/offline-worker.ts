// The service worker of the phone's pages: when the network is away, it says so instead of the browser's error page. It keeps that one page
// and its style, and nothing else: no sign-in page, no answer of the API ever enters its cache. http/phone-app.ts puts `offline` before it.

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
