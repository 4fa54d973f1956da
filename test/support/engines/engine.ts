// One way to use Firefox and WebKit in tests, in the words of playwright-core, which drives neither of the
// browsers that Debian has. firefox.ts and webkit.ts bring the protocols; this file brings waiting and
// looking for elements by what people read.
import { expect } from 'vitest';

export type WindowOptions = {
  readonly width: number;
  readonly height: number;
  /** False: the pages run no script. Tests can look at them nevertheless. */
  readonly scripts?: boolean;
  /** A window that keeps nothing. Every window of WebKit is one here. */
  readonly isPrivate?: boolean;
};

export const wide: WindowOptions = { width: 1280, height: 800 };
export const narrow: WindowOptions = { width: 390, height: 844 };

export type Cookie = {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: string;
};

/** What a protocol can do with one window. */
export type WindowDriver = {
  /** Resolves once the page is loaded. */
  navigate(url: string): Promise<void>;
  /** @param body of a function with `args`; it may return a promise. @returns what JSON can carry */
  run(body: string, ...args: unknown[]): Promise<unknown>;
  /** Clicks the element that the body returns. @returns false where it returns none */
  clickOn(body: string, ...args: unknown[]): Promise<boolean>;
  /** Types into the focused element, as a keyboard. */
  press(text: string): Promise<void>;
  back(): Promise<void>;
  /** PNG of what the window shows. */
  picture(): Promise<Buffer>;
  cookies(): Promise<readonly Cookie[]>;
  /** What broke the content security policy in the page that is open. */
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** A running browser. */
export type Engine = {
  readonly name: 'firefox' | 'webkit';
  /** Opens a window that shares nothing with the others. */
  open(options: WindowOptions): Promise<EngineWindow>;
  close(): Promise<void>;
};

export type EngineWindow = ReturnType<typeof createWindow>;

type Kind = 'button' | 'link' | 'field' | 'heading' | 'text' | 'image';

/** Finds a visible element by its kind and its name; runs in the page, with [kind, name] as `args`. */
const find = `
  const [kind, name] = args;
  const selectors = { button: 'button', link: 'a[href]', field: 'label', heading: 'h1, h2, h3', text: 'body *', image: 'img, [role=img]' };
  const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  const nameOf = (element) => (element.getAttribute('aria-label') ?? element.alt ?? element.innerText ?? '').trim();
  const isIt = kind === 'text' ? (text) => text.includes(name) : kind === 'field' ? (text) => text.startsWith(name) : (text) => text === name;
  const found = [...document.querySelectorAll(selectors[kind])].filter((element) => isShown(element) && isIt(nameOf(element))).at(-1);
  const element = kind === 'field' ? found?.control : found;`;

const patience = { timeout: 20_000, interval: 100 };

export function createWindow(driver: WindowDriver) {
  const isThere = async (kind: Kind, name: string): Promise<boolean> =>
    // A page that is just being replaced has no elements to look for.
    Boolean(await driver.run(`${find} return Boolean(element)`, kind, name).catch(() => false));
  const url = async (): Promise<string> => String(await driver.run('return location.href'));

  async function waitFor(kind: Kind, name: string): Promise<void> {
    await expect.poll(() => isThere(kind, name), { ...patience, message: `${kind} “${name}”` }).toBe(true);
  }

  /** Waits for the element, then clicks it. */
  async function click(kind: 'button' | 'link' | 'text', name: string): Promise<void> {
    const act = () => driver.clickOn(`${find} return element`, kind, name).catch(() => false);
    await expect.poll(act, { ...patience, message: `click ${kind} “${name}”` }).toBe(true);
  }

  return {
    goto: driver.navigate,
    back: driver.back,
    run: driver.run,
    press: driver.press,
    picture: driver.picture,
    cookies: driver.cookies,
    violations: driver.violations,
    close: driver.close,
    url,
    isThere,
    waitFor,

    async waitForUrl(start: string): Promise<URL> {
      await expect.poll(() => url().catch(() => ''), { ...patience, message: 'the address' }).toContain(start);
      return new URL(await url());
    },

    async waitForText(text: string): Promise<void> {
      await waitFor('text', text);
    },

    click,

    /** Clicks what leads to another page, and waits for that. */
    async leaveBy(kind: 'button' | 'link', name: string): Promise<void> {
      const page = () => driver.run('return performance.timeOrigin').catch(() => before);
      const before = await driver.run('return performance.timeOrigin');
      await click(kind, name);
      await expect.poll(page, { ...patience, message: `the page after “${name}”` }).not.toBe(before);
    },

    /** Replaces what the field with this label contains. */
    async fill(label: string, text: string): Promise<void> {
      await waitFor('field', label);
      await driver.run(`${find} element.focus(); element.select();`, 'field', label);
      await driver.press(text);
    },

    heading: async (): Promise<string> =>
      String(await driver.run("return document.querySelector('h1')?.innerText.trim() ?? ''")),

    text: async (css: string): Promise<string> =>
      String(await driver.run('return document.querySelector(args[0])?.innerText.trim() ?? null', css)),

    /** Whether the whole first element of the selector is within the window. */
    isInView: async (css: string): Promise<boolean> =>
      Boolean(
        await driver.run(
          `const { top, bottom, height } = document.querySelector(args[0]).getBoundingClientRect();
          return height > 0 && top >= 0 && bottom <= innerHeight`,
          css,
        ),
      ),
  };
}
