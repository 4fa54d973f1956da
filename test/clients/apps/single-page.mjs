// A web server for a single-page application: bundles the program APP with esbuild, as sites do, and answers
// every path with one page.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';

const { APP, ISSUER, ORIGIN, CLIENT_ID } = process.env;
const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, APP)],
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: {
    'process.env.NODE_ENV': '"production"',
    'import.meta.env.ISSUER': JSON.stringify(ISSUER),
    'import.meta.env.CLIENT_ID': JSON.stringify(CLIENT_ID),
  },
});

const page =
  '<!doctype html><title>Shop</title><body><app-root></app-root><div id="root"></div><script type="module" src="/app.js"></script>';
createServer((request, response) => {
  const isScript = request.url === '/app.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
  response.end(isScript ? outputFiles[0].contents : page);
}).listen(new URL(ORIGIN).port, 'localhost');
