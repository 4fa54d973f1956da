// Shows the plain page, which works without the module of the page, when that module cannot run: scripts of
// this address are blocked, it failed to load, or the browser is too old for it. With scripts switched off,
// the browser itself shows what stands in `<noscript>`, so both are one page. A classic script with `defer`
// before the module: they run in this order, so no event of the module is missed (HTML §4.12.1.1).

/** A module that has loaded has this long to report that it runs (running.ts). */
const startMs = 3000;
/** A module that has neither loaded nor failed after this time is on a network that gives no answer. */
const loadMs = 10_000;

const root = document.documentElement;
let parts: Element[] = [];
let refresh = 0;

function show(): void {
  if (root.dataset.runs !== undefined || root.classList.contains('plain')) return;
  root.classList.add('plain');
  for (const hidden of document.querySelectorAll('noscript')) {
    const part = document.createElement('div');
    part.className = 'plain-part';
    // In a browser with scripts, the content of `noscript` is text (HTML §4.12.2). It is the server's markup.
    part.innerHTML = hidden.textContent ?? '';
    const meta = part.querySelector('meta');
    if (meta) refreshAs(meta.content);
    if (meta || part.innerHTML === '') continue;
    hidden.after(part);
    parts.push(part);
  }
}

/**
 * Does what `<meta http-equiv=refresh>` does, in a way that can be stopped. @param content `5`, or `0; url=…`
 */
function refreshAs(content: string): void {
  const [seconds = '', address] = content.split('; url=');
  refresh = window.setTimeout(() => {
    if (address) location.replace(address);
    else location.reload();
  }, Number(seconds) * 1000);
}

/** A module that arrives later takes the page back. */
function hide(): void {
  root.classList.remove('plain');
  clearTimeout(refresh);
  for (const part of parts) part.remove();
  parts = [];
}

function showWhenParsed(): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show);
  else show();
}

const isModule = (target: EventTarget | null): boolean => (target as { type?: string } | null)?.type === 'module';

// Events of a script element do not bubble, but they are captured.
document.addEventListener('error', ({ target }) => isModule(target) && showWhenParsed(), true);
document.addEventListener('load', ({ target }) => isModule(target) && setTimeout(showWhenParsed, startMs), true);
document.addEventListener('tessera-runs', hide);
setTimeout(showWhenParsed, 'noModule' in HTMLScriptElement.prototype ? loadMs : 0);
