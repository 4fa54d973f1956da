// An audit record in words: a sentence for every event in every language, and nothing raw from a stranger.
import { describe, expect, it } from 'vitest';
import { auditEvents } from '../../../../src/core/audit/audit-record.ts';
import {
  groupedEvents,
  meaningOf,
  readFilters,
  writeFilters,
} from '../../../../src/http/console/activity/activity-filters.ts';
import { describeInWords } from '../../../../src/http/console/activity/record-words.ts';
import { messagesOf } from '../../../../src/i18n/locale.ts';
import { strong } from '../../../../src/i18n/text.ts';
import { buildRecord } from '../../../store/records.ts';

const names = { accounts: new Map([['account', 'alice']]), clients: new Map([['web', 'My shop']]) };
const en = messagesOf.en;
const says = (change: Parameters<typeof buildRecord>[1]) => {
  const shown = describeInWords(en, buildRecord(0, change), names);
  return strong(shown.says, shown.values).replace(/<\/?strong>/g, '');
};

describe('a record in words', () => {
  it.each(Object.entries(messagesOf))('H5 has a sentence for every event: %s', (_, all) => {
    for (const event of auditEvents) {
      expect(Object.keys(all.console.activity.events), event).toContain(event);
      const shown = describeInWords(
        all,
        buildRecord(0, { event, facts: { by: 'cli', name: 'n', alg: 'RS256' } }),
        names,
      );
      expect(strong(shown.says, shown.values), event).not.toMatch(/[{}]/);
    }
    const shown = groupedEvents(all.console.activity).flatMap(({ events }) => events.map(({ id }) => id));
    expect([...shown].sort()).toEqual([...auditEvents].sort());
  });

  it.each([
    [
      'ticket.approved',
      { browser: 'Chrome', system: 'Windows' },
      'alice approved a sign-in to My shop from Chrome on Windows',
    ],
    ['client.changed', { by: 'cli' }, 'The command line changed My shop'],
    ['client.created', { by: 'configuration' }, 'The configuration added My shop'],
    ['client.created', { by: 'web', by_kind: 'client' }, 'My shop registered itself'],
    ['client.logo_refused', { by: 'web', by_kind: 'client' }, 'The logo that My shop provides was not used'],
    ['client.deleted', { by: 'account', by_kind: 'account' }, 'alice deleted My shop'],
    ['client.deleted', { by: 'no-longer-here', by_kind: 'account' }, 'no-longer-here deleted My shop'],
    // Whoever chooses its own id passes for nobody by it.
    ['client.deleted', { by: 'account', by_kind: 'client' }, 'account (app) deleted My shop'],
    ['client.deleted', { by: 'cli', by_kind: 'client' }, 'cli (app) deleted My shop'],
    ['client.deleted', { by: 'web', by_kind: 'account' }, 'web deleted My shop'],
    ['client.deleted', { by: 'account' }, 'account deleted My shop'],
    ['link.created', { by: 'account', way: 'api' }, 'account (app) created a link'],
    ['link.created', { by: 'alice', way: 'console' }, 'alice created a link'],
    ['link.created', { by: 'cli', way: 'command_line' }, 'The command line created a link'],
    ['sign_in.failed', {}, 'A sign-in to My shop failed'],
  ] as const)('%s %j: %s', (event, facts, sentence) => {
    expect(says({ event, facts })).toBe(sentence);
  });

  it('names nobody when nobody is known, and escapes foreign text', () => {
    expect(says({ event: 'ticket.approved', accountId: null, clientId: null })).toBe(
      'Somebody approved a sign-in to an app from a browser',
    );
    expect(says({ event: 'sign_in.succeeded', accountId: 'gone', clientId: null })).toBe('gone signed in');
    const odd = says({ event: 'device.created', facts: { name: '<img src=x>\u202e{account}' } });
    expect(odd).toBe('alice signed in on a new device, &lt;img src=x&gt; {account}');
    // An event of a later release.
    expect(says({ event: 'tea.made' as 'key.removed' })).toContain('tea.made');
  });

  it('has words for known reasons of a risk, and shows others as recorded', () => {
    const facts = { risk: 'moderate', reasons: 'browser_new second_scan', later: 'x', signs_from: 0, trusted: false };
    const shown = describeInWords(en, buildRecord(0, { event: 'ticket.approved', facts }), names);
    expect(shown.notes).toEqual([
      { name: 'Risk', value: 'Moderate' },
      { name: 'Reasons', value: `${en.review.reasons.browser_new} ${en.review.reasons.second_scan}` },
      { name: 'Browser stays signed in', value: 'No' },
    ]);
    expect(shown.facts).toContainEqual({ name: 'later', value: 'x' });
    expect(shown.facts).toContainEqual({ name: 'Signs from', value: '1970-01-01 00:00:00 UTC' });
  });
});

describe('the filters', () => {
  it('mean what was typed, in UTC and to the end of the minute; and survive the way through an address', () => {
    const typed = readFilters({
      account: ' bob ',
      event: 'key.rotated',
      from: '2026-01-31T12:00',
      to: '2026-01-31T12:00',
      client: ['a'],
    });
    const at = Date.parse('2026-01-31T12:00Z') / 1000;
    expect(meaningOf(typed)).toEqual({
      clientId: undefined,
      ticketId: undefined,
      event: 'key.rotated',
      from: at,
      to: at + 59,
    });
    expect(readFilters(Object.fromEntries(writeFilters(typed)))).toEqual(typed);
    expect(meaningOf(readFilters({ event: 'tea.made' }))).toBe('wrongEvent');
    for (const wrong of ['x', '2026-01-31', '2026-13-31T12:00', '1e9'])
      expect(meaningOf(readFilters({ to: wrong }))).toBe('wrongTime');
  });
});
