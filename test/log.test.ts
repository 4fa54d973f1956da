import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog, loggablePath } from '../src/log.ts';

function collect() {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { log: createLog({ log: { level: 'info' }, destination }), text: () => text };
}

const secret = 'kpX7w2bQ';
const long = 'kpX7w2bQm1TzR5nVc8Ydaw';

describe('the log', () => {
  it.each([
    'authorization',
    'cookie',
    'set-cookie',
    'dpop',
    'password',
    'passwordHash',
    'code',
    'user_code',
    'confirmation_code',
    'code_verifier',
    'access_token',
    'refresh_token',
    'approval_token',
    'handle',
    'frame',
    'client_secret',
    'cookieKeys',
    'encryptionKey',
  ])('H4 removes %s at any depth', (name) => {
    const { log, text } = collect();
    log.info({ [name]: secret, a: { [name]: [secret], b: [{ c: { d: { [name]: secret } } }] } }, 'x');
    expect(text()).not.toContain(secret);
    expect(text().match(/\[removed\]/g)).toHaveLength(3);
  });

  it('keeps fields that are not secret', () => {
    const { log, text } = collect();
    log.info({ status: 200, path: '/q/:frame', statusCode: 1, nested: { address: '192.0.2.1' } }, 'request');
    expect(JSON.parse(text())).toMatchObject({
      status: 200,
      path: '/q/:frame',
      statusCode: 1,
      nested: { address: '192.0.2.1' },
      msg: 'request',
    });
  });

  it('H4 logs the standard fields of an error and drops those of drivers', () => {
    const { log, text } = collect();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    log.error({ err: Object.assign(new Error('failed', { cause }), { command: { args: [secret] } }) }, 'x');
    expect(text()).not.toContain(secret);
    const { err } = JSON.parse(text());
    expect(err).toMatchObject({ message: 'failed', cause: { message: 'refused', code: 'ECONNREFUSED' } });
    expect(err.stack).toContain('log.test');
  });

  it('H4 writes one line per record, whatever it contains', () => {
    const { log, text } = collect();
    log.info({ username: 'alice\r\n{"level":60}' }, 'a\r\nb');
    expect(
      text()
        .trimEnd()
        .split(/[\r\n]/),
    ).toHaveLength(1);
  });

  it('H4 describes a request without its query and headers', () => {
    const { log, text } = collect();
    log.info({ req: { method: 'GET', url: `/q/${long}?code=${secret}`, headers: { cookie: secret } } }, 'x');
    expect(JSON.parse(text()).req).toEqual({ method: 'GET', path: '/q/:frame' });
  });
});

describe('a loggable path', () => {
  it.each([
    [`/q/${long}.12.mac`, '/q/:frame'],
    [`/Q/${long}.12.mac`, '/q/:frame'],
    [`//q/${long}`, '/q/:frame'],
    [`/q%2F${long}`, '/q/:frame'],
    [`/interaction/${long}/events`, '/interaction/:uid/events'],
    [`/link/${long}`, '/link/:secret'],
    [`/LINK%2f${long}/x`, '/link/:secret'],
    ['/link/short', '/link/:secret'],
    [`/auth/${long}`, '/auth/:uid'],
    [`/phone/v1/tickets/${long}/approve`, '/phone/v1/tickets/:handle/approve'],
    [`/phone/v1/approvals/${long}`, '/phone/v1/approvals/:secret'],
    [`/nowhere/${long}`, '/nowhere/:secret'],
    [`/auth?state=${long}`, '/auth'],
    ['/q', '/q'],
    ['/.well-known/openid-configuration', '/.well-known/openid-configuration'],
    ['/assets/phone-home.aB3dE6gH9-_x.js', '/assets/phone-home.aB3dE6gH9-_x.js'],
  ])('H4 %s is written %s', (url, written) => {
    expect(loggablePath(url)).toBe(written);
  });

  it('has at most 200 characters', () => {
    expect(loggablePath(`/${'a/'.repeat(5000)}`).length).toBe(200);
  });
});
