// The catalogues of all languages have the same messages with the same arguments, in valid ICU, and the
// sources use every one of them.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Entries, readEntries } from '../../src/i18n/catalogue.ts';
import { messageProblems } from '../support/message-problems.ts';
import { argumentsFile, argumentTypes } from '../support/message-types.ts';
import { usesIn } from '../support/message-uses.ts';

const root = join(import.meta.dirname, '../..');
const languages = readdirSync(join(root, 'src/i18n/locales')).sort();
const catalogues = Object.fromEntries(languages.map((language) => [language, readEntries(language)]));
const sources = [...globSync('src/**/*.ts', { cwd: root }), ...globSync('views/**/*.eta', { cwd: root })]
  .filter((path) => !/^src\/i18n\/(arguments|catalogue|message|messages)\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const uses = usesIn(sources);

/** A catalogue with one text changed; `undefined` removes it. */
function changed(entries: Entries, path: readonly string[], text: string | undefined): Entries {
  const [key = '', ...rest] = path;
  const { [key]: old, ...others } = entries;
  if (rest.length === 0) return text === undefined ? others : { ...others, [key]: text };
  return { ...others, [key]: changed(old as Entries, rest, text) };
}

const broken = (language: string, path: string, text?: string) =>
  messageProblems({ ...catalogues, [language]: changed(catalogues[language] ?? {}, path.split('.'), text) }, uses);
const withView = (text: string) => messageProblems(catalogues, [...uses, ...usesIn([{ path: 'views/new.eta', text }])]);

describe('the catalogues', () => {
  it('are exactly English and Chinese', () => {
    expect(languages).toEqual(['en', 'zh-CN']);
  });

  it('are complete, valid and used, with equal arguments', () => {
    expect(messageProblems(catalogues, uses)).toEqual([]);
  });

  it('have their arguments in src/i18n/arguments.ts (npm run generate)', () => {
    expect(readFileSync(argumentsFile, 'utf8')).toBe(argumentTypes());
  });
});

describe('a problem of the catalogues is found:', () => {
  it('a key that a language lacks', () => {
    expect(broken('zh-CN', 'waiting.cancel')).toEqual(['waiting.cancel is missing in zh-CN']);
  });

  it('a key that English lacks', () => {
    expect(broken('zh-CN', 'waiting.more', '更多')).toEqual(['waiting.more is in zh-CN alone']);
  });

  it('an empty text', () => {
    expect(broken('zh-CN', 'waiting.cancel', ' ')).toEqual(['waiting.cancel is empty in zh-CN']);
  });

  it.each([
    'waiting.unheardOf',
    'console.clients.unheardOf',
    'review.unheardOf',
    'notice.page.unheardOf',
    'page.unheardOf',
  ])('a key that nothing uses: %s', (path) => {
    expect(broken('en', path, 'A sentence.')).toContain(`${path} is used nowhere`);
  });

  it('other arguments', () => {
    expect(broken('zh-CN', 'waiting.title', '登录 {site}')).toEqual([
      'waiting.title takes {site} in zh-CN and {client} in en',
    ]);
  });

  it('an argument that is a plural in one language and a text in the other', () => {
    expect(broken('zh-CN', 'account.lines.browsers', '{count} 处登录')).toEqual([
      'account.lines.browsers takes {count} in zh-CN and {count, number} in en',
    ]);
  });

  it.each(['{client', '{count, plural, one {x}}', '{when, date}'])('a text that is not ICU: %s', (text) => {
    expect(broken('zh-CN', 'waiting.cancel', text)).toContainEqual(
      expect.stringContaining('waiting.cancel is not valid ICU in zh-CN'),
    );
  });

  it('a key in a view that does not exist', () => {
    expect(withView('<% const t = it.all.waiting; %><%= t.unheardOf %>')).toEqual([
      'views/new.eta uses waiting.unheardOf, which is no message',
    ]);
  });

  it('a message in a view without its arguments', () => {
    expect(withView('<% const t = it.all.waiting; %><%= t.title %>')).toEqual([
      'views/new.eta shows waiting.title without its arguments',
    ]);
    expect(withView('<%= it.fill(it.all.waiting.title, { name: it.clientName }) %>')).toEqual([
      'views/new.eta gives waiting.title no {client}',
    ]);
  });
});
