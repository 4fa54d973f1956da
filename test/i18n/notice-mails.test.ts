// The mails of notices: in the account's language, as text and as markup, and safe for every name of a
// person or browser.
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type About, credentialChanges, type MailedNotice } from '../../src/core/notice/notice.ts';
import { unknownDevice } from '../../src/i18n/agents.ts';
import { createNoticeMails } from '../../src/i18n/mail/notice-mails.ts';
import { buildAccount, buildNotice } from '../store/records.ts';

const write = createNoticeMails({ issuer: 'https://id.example.com' });
const now = 1_800_000_000;
const link = 'https://id.example.com/not-me/the-secret';
const account = (locale: string | null, displayName = 'Alice Liddell') => ({
  ...buildAccount('alice'),
  displayName,
  locale,
  email: 'alice@example.com',
  emailVerified: true,
});
const notice = (about: About) => buildNotice(now, { about }) as MailedNotice;
const approved = (change: object = {}): MailedNotice => {
  const { about } = buildNotice(now);
  return notice({ ...about, clientName: 'The Tea House', place: 'Lisbon, Portugal', ...change } as About);
};
/** For whoever wants to look. */
const keep = (name: string, html: string) => {
  if (process.env.MAILS) writeFileSync(`${process.env.MAILS}/${name}.html`, html);
};

describe('the mails of notices', () => {
  it('B16 contain the site, browser, place, network, phone and time, and one link', () => {
    const { to, subject, text, html } = write(approved(), account('en'), link);
    expect([to, subject]).toEqual(['alice@example.com', 'New sign-in to The Tea House']);
    for (const part of [
      'The Tea House',
      'Firefox on Linux',
      'Lisbon, Portugal (127.0.0.1)',
      'Safari on iPhone',
      '15 January 2027',
      'UTC',
    ]) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
    expect(new Set([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href))).toEqual(new Set([link]));
    expect(html).toMatch(/<html lang="en">/);
    keep('approved-en', html);
  });

  it('B16 D7 are written in the language of each account', () => {
    const abouts: About[] = credentialChanges.map((change) => ({ kind: 'credential_changed', change }));
    for (const each of [approved(), ...abouts.map(notice)]) {
      const chinese = write(each, account('zh-CN', '爱丽丝'), link);
      expect(chinese.subject).toMatch(/\p{Script=Han}/u);
      expect(chinese.html).toContain('<html lang="zh-CN">');
      expect(chinese.html).not.toMatch(/Hello|If this was/);
      const english = write(each, account(null), null);
      expect(english.subject).not.toMatch(/\p{Script=Han}/u);
      expect(english.text).not.toContain('{');
      keep(`${each.about.kind}-${'change' in each.about ? each.about.change : ''}-zh`, chinese.html);
      keep(`${each.about.kind}-${'change' in each.about ? each.about.change : ''}-en`, english.html);
    }
  });

  it.each(['en', 'zh-CN'])('B16 call a screen a device, and give it a readable name: %s', (locale) => {
    const about = { isScreen: true, clientName: 'Tea TV', browserName: 'Living room TV', browserSystem: '' };
    const named = write(approved(about), account(locale), link);
    expect(named.text).toContain('Living room TV');
    const unnamed = write(approved({ ...about, browserName: unknownDevice }), account(locale), link);
    expect(unnamed.html).toContain({ en: 'Unknown device', 'zh-CN': '未知设备' }[locale]);
    for (const { subject, text, html } of [named, unnamed]) {
      expect(subject).toContain('Tea TV');
      expect(text + html).not.toMatch(/\bbrowser\b|浏览器|[{}](?=name|client)/i);
    }
    keep(`device-${locale}`, unnamed.html);
  });

  it('D6 D7 link to the devices page of our own address for a changed credential, and nowhere else', () => {
    const { html, text } = write(notice({ kind: 'credential_changed', change: 'password_reset' }), account('en'), null);
    expect(text).toContain('https://id.example.com/account/devices');
    expect(
      [...html.matchAll(/href="([^"]+)"/g)].every(([, href]) => href === 'https://id.example.com/account/devices'),
    ).toBe(true);
  });

  it('B10 show foreign names as text in one line, without characters that hide or reorder', () => {
    const evil = `<img src=x onerror=alert(1)>"'\r\nBcc: eve@example.com\u202e`;
    const { subject, html, text } = write(
      approved({ clientName: evil, browserName: evil, deviceName: evil }),
      account('en', evil),
      link,
    );
    expect(html).not.toContain('<img');
    expect(subject).not.toMatch(/[\r\n\u202e]/);
    expect(text).not.toMatch(/\r|\u202e|^Bcc:/m);
  });
});
