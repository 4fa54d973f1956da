// How commands print: aligned columns with headers on a terminal, tab-separated values in a pipe.
import { describe, expect, it } from 'vitest';
import { plain, render, type Table, widthOf } from '../../src/cli/output.ts';

const table: Table = {
  headers: ['ID', 'NAME', 'STATE'],
  rows: [
    ['shop', '茶室', 'on'],
    ['a-longer-id', 'Tab\tand\nline', 'off'],
  ],
  none: 'There are no apps.',
};

describe('a table', () => {
  it('is aligned below its headers on a terminal, by the displayed width of its cells', () => {
    expect(render(table, true)).toBe(
      ['ID           NAME          STATE', 'shop         茶室          on', 'a-longer-id  Tab?and?line  off', ''].join(
        '\n',
      ),
    );
  });

  it('is tab-separated in a pipe, without headers, and no cell can add a column or a line', () => {
    expect(render(table, false)).toBe('shop\t茶室\ton\na-longer-id\tTab?and?line\toff\n');
  });

  it('shows a sentence on a terminal when it is empty, and prints nothing in a pipe', () => {
    expect(render({ ...table, rows: [] }, true)).toBe('There are no apps.\n');
    expect(render({ ...table, rows: [] }, false)).toBe('');
  });

  it('can have other lines for programs, and a note below', () => {
    const special = { ...table, piped: ['one\tline'], note: 'A note.' };
    expect(render(special, false)).toBe('one\tline\nA note.\n');
    expect(render(special, true)).toMatch(/off\nA note\.\n$/);
  });
});

describe('a text', () => {
  it('ends with one newline, and is empty without content', () => {
    expect([render('x', true), render('x\n', false), render('', true)]).toEqual(['x\n', 'x\n', '']);
  });

  it('contains no control characters', () => {
    expect(plain('a\u001b[2Jb\u202ec\n\t')).toBe('a?[2Jb?c\n\t');
    expect(['abc', '茶', 'e\u0301', '☕'].map(widthOf)).toEqual([3, 2, 1, 2]);
  });
});
