// Which addresses a push message may be sent to (security.md E5), with real sockets and names that resolve
// to inside.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkEndpoint } from '../../src/core/push/push.ts';
import { createAddressGuard, isOutside } from '../../src/outbound/address-guard.ts';
import { createGuardedPost } from '../../src/outbound/guarded-post.ts';

let port = 0;
let requests = 0;
const server = createServer((_request, response) => {
  requests++;
  response.writeHead(201).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const post = createGuardedPost({ guard: createAddressGuard({ isInsideAllowed: false }) });
const message = () => ({ headers: {}, body: Buffer.from('x'), signal: AbortSignal.timeout(2500) });
const codeOf = (error: Error & { code?: string }) => error.code;

describe('a guarded request', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[fd00::1]',
    '[fe80::1]',
    '[fec0::1]',
    'localhost',
  ])('E5 rejects the host %s', async (host) => {
    const url = new URL(`http://${host}:${port}/`);
    expect(await post(url, message()).then(() => 'sent', codeOf)).toBe('ERR_ADDRESS_INSIDE');
    expect(requests).toBe(0);
  });

  it('connects to inside hosts when the configuration allows it', async () => {
    const anywhere = createGuardedPost({ guard: createAddressGuard({ isInsideAllowed: true }) });
    expect(await anywhere(new URL(`http://localhost:${port}/`), message())).toBe(201);
  });

  it('recognises addresses of the public internet', () => {
    expect(['8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111'].filter((address) => !isOutside(address))).toEqual([]);
  });

  it.each([
    'http://push.example/x',
    'ftp://push.example/x',
    'https://name:word@push.example/x',
    'javascript:alert(1)',
    'https://push.example/x#y',
    'nothing',
  ])('E5 rejects the endpoint %s', (endpoint) => {
    expect(() => checkEndpoint(endpoint, false)).toThrow(expect.objectContaining({ code: 'push_endpoint_invalid' }));
  });
});
