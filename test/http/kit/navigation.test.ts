// Who gets a page and who gets JSON, and that every 303 of the server comes from one function.
import { globSync, readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import type { Context, State } from '../../../src/http/kit/context.ts';
import { seeOther, wantsPage } from '../../../src/http/kit/navigation.ts';

function contextOf(path: string, headers: Record<string, string>): Context {
  const req = new IncomingMessage(new Socket());
  Object.assign(req, { url: path, method: 'POST', headers });
  return new Koa<State>().createContext(req, new ServerResponse(req)) as unknown as Context;
}

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const json = { 'content-type': 'application/json', 'content-length': '2' };

describe('a page is wanted', () => {
  it.each<[about: string, wanted: boolean, path: string, headers: Record<string, string>]>([
    ['by a form of a browser', true, '/interaction/x/password', { accept: browser }],
    ['by a navigation of a browser', true, '/q', { accept: browser, 'sec-fetch-dest': 'document' }],
    ['not by a program that names nothing', false, '/q', {}],
    ['not by a program that takes anything', false, '/q', { accept: '*/*' }],
    ['not by our scripts', false, '/interaction/x/finish', { accept: 'application/json' }],
    ['by a service worker that passes a navigation on', true, '/q', { accept: browser, 'sec-fetch-dest': 'empty' }],
    ['not by an event stream', false, '/q', { accept: 'text/event-stream', 'sec-fetch-dest': 'empty' }],
    ['not with a JSON body', false, '/q', { accept: browser, ...json }],
    ['never from the phone API', false, '/phone/v1/scan', { accept: browser }],
    ['never from the administration API', false, '/admin/v1/clients', { accept: browser }],
    ['by the console, which shares its prefix', true, '/admin/clients', { accept: browser }],
  ])('%s: %s', (_about, wanted, path, headers) => {
    expect(wantsPage(contextOf(path, headers))).toBe(wanted);
  });
});

describe('seeOther', () => {
  it('answers 303 with the location', () => {
    const ctx = contextOf('/sign-in', { accept: browser });
    seeOther(ctx, '/q');
    expect([ctx.status, ctx.response.get('Location')]).toEqual([303, '/q']);
  });

  it('is the only code of src/http that redirects or asks what a caller accepts', () => {
    const root = join(import.meta.dirname, '../../../src/http');
    const files = globSync('**/*.ts', { cwd: root });
    const isOfKind = (text: string) => /\.status = 30\d|\.redirect\(|\.accepts\(/.test(text);
    const found = files.filter((file) => isOfKind(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual(['kit/navigation.ts']);
  });
});
