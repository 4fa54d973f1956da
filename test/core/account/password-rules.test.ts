// Which passwords may be chosen (security.md D2, D3), and that judging them costs a bounded time.
import { describe, expect, it } from 'vitest';
import { checkNewPassword } from '../../../src/core/account/password-rules.ts';

const names = ['auth.example.org', 'alice', 'Alice Liddell', 'alice@wonder.example'];
const codeOf = (password: string): Promise<string> =>
  checkNewPassword(password, names).then(
    () => 'taken',
    (error: { code: string }) => error.code,
  );
/** No word, row or repetition in it. */
const odd = 'kVz wPq8rTj xNb gMd2 hYs fLc uRe';

describe('a new password', () => {
  it('D2 has 15 to 256 characters, counted as grapheme clusters', async () => {
    expect(await codeOf(odd.slice(0, 14))).toBe('password_too_short');
    expect(await codeOf(odd.slice(0, 15))).toBe('taken');
    expect(await codeOf(`${odd.repeat(5)}`.slice(0, 128))).toBe('taken');
    expect(await codeOf(`${odd.repeat(10)}`.slice(0, 256))).toBe('taken');
    expect(await codeOf(`${odd.repeat(10)}`.slice(0, 257))).toBe('password_too_long');
    // Fourteen for a person, 28 for UTF-16.
    expect(await codeOf('🍮🍵🫖🥮🍡🍢🍥🥟🦆🐉🏮🎐🎎🎏')).toBe('password_too_short');
    // Composed or not, the same fourteen.
    expect(await codeOf('wéntmöbruñèkçà'.normalize('NFD'))).toBe('password_too_short');
  });

  it.each([
    'four words make a sentence',
    'vierzehn plus 1',
    'correcthorsebatterystaple',
    'all of it in small letters only',
    '我喜欢在海边散步而且唱歌跳舞很快乐',
    'Crème brûlée 🍮 for two',
  ])('D3 needs no digits, capitals or signs: %s', async (password) => {
    expect(await codeOf(password)).toBe('taken');
  });

  it.each([
    ['passwordpassword', 'password_pattern'],
    ['P@ssw0rdP@ssw0rd1', 'password_pattern'],
    ['password-password', 'password_too_common'],
    ['iloveyouforever1', 'password_too_common'],
    ['letmeinletmein12', 'password_pattern'],
    ['qwertyuiop123456', 'password_too_common'],
    ['tesseratessera1', 'password_has_names'],
    ['tessera-tessera-1', 'password_has_names'],
    ['alice-alice-alice', 'password_has_names'],
    ['Liddell.Alice.1', 'password_has_names'],
    ['alice@wonder.example', 'password_has_names'],
    ['auth.example.org', 'password_has_names'],
    // Two words: a hundred million guesses are enough (score 2 of 4).
    ['administrativebox', 'password_too_common'],
    ['basketballkitchen', 'password_too_common'],
    ['aaaaaaaaaaaaaaaa', 'password_pattern'],
    ['ababababababababab', 'password_pattern'],
    ['aaaaaaaaaabbbbbbbbbb', 'password_pattern'],
  ])('D3 refuses %s with a reason: %s', async (password, code) => {
    expect(await codeOf(password)).toBe(code);
  });

  it('D3 is checked in bounded time for any length and content', async () => {
    await codeOf('so that all is loaded');
    const worst = ['l1l1l1l1$5$5', 'aZ3$kQ9!', '1234567890', 'p4ssw0rd', '@4310$57+', '(!|1l$5)'].map((part) =>
      part.repeat(256 / 8).slice(0, 256),
    );
    for (const password of worst) {
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        const from = performance.now();
        await codeOf(password);
        times.push(performance.now() - from);
      }
      // A hundred milliseconds on an idle machine at most; unbounded it would be many seconds.
      expect(Math.min(...times), password.slice(0, 20)).toBeLessThan(1000);
    }
  });
});
