// A page without a browser, for tests of page scripts with a clock of their own: visibility, network, event
// streams and answers of the server are what a test says. Layout and markup need a real browser (test/e2e).
import { vi } from 'vitest';

/** How the server answers a request. A promise that never settles is a server that never answers. */
export type Serve = (path: string, init: RequestInit) => Promise<Response>;

/** The event streams that the page has opened, the newest last. */
export class FakeStream extends EventTarget {
  static readonly all: FakeStream[] = [];
  readonly url: string;
  isClosed = false;

  constructor(url: string) {
    super();
    this.url = url;
    FakeStream.all.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  send(type: string, data: object = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

const words = {
  page: {
    problems: {
      noAnswer: { title: 'No answer', message: 'No answer.' },
      noKey: { title: 'No key', message: 'No key.' },
      offline: 'Offline.',
      away: 'Away.',
      failed: 'Failed.',
      reload: 'Reload',
      slow: 'Slow.',
      goOn: 'Continue',
    },
  },
  leave: { reference: ['Reference: ', { value: 'id' }] },
};

class FakeElement extends EventTarget {
  textContent = '';
  className = '';
  hidden = false;
  disabled = false;
  readonly dataset: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  setAttribute(): void {}
  scrollIntoView(): void {}
  append(...more: FakeElement[]): void {
    this.children.push(...more);
  }
  prepend(element: FakeElement): void {
    this.children.unshift(element);
  }
  remove(): void {
    this.hidden = true;
  }
}

export type FakePage = ReturnType<typeof openFakePage>;

/**
 * Puts the globals of a page in place; `vi.unstubAllGlobals` removes them. Scripts must be imported after
 * this, and afresh (`vi.resetModules`), since some read the page when they are loaded.
 *
 * @param serve how the server answers; may be changed later
 */
export function openFakePage(serve: Serve) {
  FakeStream.all.length = 0;
  const page = new EventTarget();
  const body = new FakeElement();
  const state = { hidden: false, onLine: true, serve };
  const document = Object.assign(page, {
    body,
    documentElement: { dataset: { now: String(Date.now() / 1000) }, lang: 'en' },
    querySelector: (selector: string) => (selector === '#page-words' ? { textContent: JSON.stringify(words) } : null),
    createElement: () => new FakeElement(),
  });
  Object.defineProperty(document, 'hidden', { get: () => state.hidden });
  const window = Object.assign(new EventTarget(), {
    setTimeout: (task: () => void, ms: number) => setTimeout(task, ms),
    setInterval: (task: () => void, ms: number) => setInterval(task, ms),
  });
  vi.stubGlobal('document', document);
  vi.stubGlobal('window', window);
  vi.stubGlobal('location', {
    origin: 'https://id.example',
    pathname: '/',
    search: '',
    href: 'https://id.example/',
    assign: () => {},
  });
  vi.stubGlobal('navigator', {
    get onLine() {
      return state.onLine;
    },
  });
  vi.stubGlobal('EventSource', FakeStream);
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => state.serve(path, init));
  return {
    /** Changes how the server answers from now on. */
    serve(next: Serve): void {
      state.serve = next;
    },
    setHidden(isHidden: boolean): void {
      state.hidden = isHidden;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    setOnline(isOnline: boolean): void {
      state.onLine = isOnline;
      window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
    },
    newElement: (): FakeElement => new FakeElement(),
    /** The texts of the messages about the page itself. */
    notices: (): string[] =>
      body.children.filter(({ hidden }) => !hidden).map(({ children }) => children[0]?.textContent ?? ''),
  };
}

/** A server that never answers, and whose requests end only when the page aborts them. */
export const noAnswer: Serve = () => new Promise(() => {});

/** An answer of the server, with its time. */
export const answer = (body: object, status = 200, atSeconds = Date.now() / 1000): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { Date: new Date(atSeconds * 1000).toUTCString(), 'X-Request-Id': 'request-1' },
  });

/**
 * Loads a page script. Its types are those of a browser, which the type check of the tests does not know, so
 * the caller says what it uses.
 */
export const loadScript = <Script>(name: string): Promise<Script> =>
  import(`../../src/browser/${name}.ts`) as Promise<Script>;
