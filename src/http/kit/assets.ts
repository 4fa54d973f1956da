// Style sheet, page scripts, workers and icons. esbuild bundles them once at start, and they stay in memory.
// Their paths contain a hash of their content, so browsers may cache them for ever.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import { build, stop } from 'esbuild';

const root = new URL('../../../', import.meta.url);
const pathOf = (file: string): string => fileURLToPath(new URL(file, root));

const scripts = [
  'waiting',
  'continue',
  'consent',
  'sign-in',
  'review',
  'phone-home',
  'passkeys',
  'console',
  'link',
  'recovery-codes',
  'account',
  'onward',
  'send-again',
] as const;
const workers = ['scanner-worker', 'offline-worker'] as const;
/** Pictures of favicon.svg for browsers that take no SVG, drawn by test/support/draw-icons.ts. */
const icons = ['icon-180.png', 'icon-192.png', 'icon-512.png', 'icon-maskable-512.png'] as const;
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

type ScriptName = 'plain' | (typeof scripts)[number] | (typeof workers)[number];
export type AssetName = `${ScriptName}.js` | (typeof icons)[number] | 'style.css' | 'favicon.svg';
/** `compressed` has the format of gzip (RFC 1952); null where it would not be smaller, as for pictures. */
export type Asset = { readonly body: Buffer; readonly compressed: Buffer | null; readonly type: string };
export type Assets = {
  /** The path to put into a page: `/assets/<name>.<hash>.<ending>`. */
  url(name: AssetName): string;
  /** Finds an asset by its exact path. @returns null for every other path */
  serve(path: string): Asset | null;
};

let built: Promise<Assets> | null = null;

/**
 * Bundles once per process, however many providers run in it. @throws BuildFailure when a script does not
 * compile
 */
export function createAssets(): Promise<Assets> {
  built ??= bundle();
  return built;
}

const shared = { bundle: true, minify: true, write: false, platform: 'browser', logLevel: 'silent' } as const;

/**
 * The oldest browsers that the pages support. The bundler lowers the syntax for them. It adds no missing
 * APIs, so test/browser/compatibility.test.ts compares those with browser compatibility data.
 */
const oldestBrowsers = ['chrome100', 'firefox115', 'safari15.4'];

/** Builds all page scripts, workers and the style sheet. @throws BuildFailure when one does not compile */
export async function bundles(): Promise<{ readonly name: string; readonly body: Buffer }[]> {
  const plain = await build({
    ...shared,
    entryPoints: [pathOf('src/browser/plain.ts')],
    outdir: 'assets',
    format: 'iife',
    // It runs in browsers that are too old for the modules.
    target: 'es2015',
  });
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [
      ...scripts.map((name) => pathOf(`src/browser/${name}.ts`)),
      ...workers.map((name) => pathOf(`src/browser/workers/${name}.ts`)),
      pathOf('views/style.css'),
    ],
    outdir: 'assets',
    entryNames: '[name]',
    format: 'esm',
    target: ['es2022', ...oldestBrowsers],
  });
  // Ends esbuild's helper process, which would only hold memory from here on.
  await stop();
  const files = [...plain.outputFiles, ...outputFiles];
  return files.map(({ path, contents }) => ({ name: basename(path), body: Buffer.from(contents) }));
}

async function bundle(): Promise<Assets> {
  const built = (await bundles()).map(({ name, body }) => [name, body] as const);
  const pictures = ['favicon.svg', ...icons.map((name) => `icons/${name}`)];
  const drawn = pictures.map(async (path) => [basename(path), await readFile(pathOf(`views/${path}`))] as const);
  return hashed([...built, ...(await Promise.all(drawn))]);
}

/** Names every file after the SHA-256 of its content, shortened to 12 characters. */
function hashed(files: readonly (readonly [name: string, body: Buffer])[]): Assets {
  const urls = new Map<string, string>();
  const assets = new Map<string, Asset>();
  for (const [name, body] of files) {
    const [stem = '', extension = ''] = name.split('.');
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
    const url = `/assets/${stem}.${hash}.${extension}`;
    urls.set(name, url);
    const compressed = extension === 'png' ? null : gzipSync(body, { level: constants.Z_BEST_COMPRESSION });
    assets.set(url, { body, compressed, type: types[extension] ?? 'application/octet-stream' });
  }
  return {
    url: (name) => urls.get(name) ?? '',
    serve: (path) => assets.get(path) ?? null,
  };
}
