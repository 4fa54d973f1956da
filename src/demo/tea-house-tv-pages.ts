// The page of the demo TV: readable from a sofa, operated with one button. It has the colours of the Tea
// House. The QR code keeps its own colours, dark on light with its quiet zone, in dark mode too.
import { toString as drawQr } from 'qrcode';
import { colours, cup, escapeHtml } from './tea-house-pages.ts';

/** What the device authorization response says (RFC 8628 §3.2). */
export type TvCodes = {
  readonly userCode: string;
  readonly verificationUri: string;
  /** The verification URI with the user code in it; this is what the QR code contains. */
  readonly verificationUriComplete: string;
  readonly expiresAtMs: number;
};
/** What the TV shows. */
export type TvState =
  | { readonly kind: 'off' }
  | { readonly kind: 'waiting'; readonly codes: TvCodes }
  | { readonly kind: 'signed_in'; readonly name: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Returns the page for a state. */
export async function tvPage(state: TvState): Promise<string> {
  const { title, body } = await viewOf(state);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tea House TV</title><link rel="icon" href="data:,"><style>${style}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript><script src="/tv.js" defer></script></head>
<body data-state="${state.kind}"><header>${cup}<span>Tea House TV</span></header>${body}</body></html>`;
}

/** The text of the title bar, and the HTML below the header. */
type View = { readonly title: string; readonly body: string };

/** Chooses the content for a state. */
async function viewOf(state: TvState): Promise<View> {
  switch (state.kind) {
    case 'waiting':
      return { title: 'Sign in', body: await waiting(state.codes) };
    case 'signed_in':
      return message(
        `Welcome, ${state.name}.`,
        'The kettle is on. You can put the phone away.',
        'Sign in as somebody else',
      );
    case 'denied':
      return message(
        'No tea this time.',
        'The sign-in was refused on the phone. Nothing was shared with us.',
        'Show a new code',
      );
    case 'expired':
      return message('This code has ended.', 'Nobody used it in time.', 'Show a new code');
    case 'failed':
      return message('That did not work.', state.reason, 'Try again');
    case 'off':
      return message('Tea House TV', 'Sign in with your phone.', 'Show a code');
  }
}

/** The QR code, the address to type, the user code, and a countdown. */
async function waiting({ userCode, verificationUri, verificationUriComplete, expiresAtMs }: TvCodes): Promise<string> {
  const svg = await drawQr(verificationUriComplete, {
    type: 'svg',
    margin: 4,
    errorCorrectionLevel: 'M',
    color: { dark: '#000000', light: '#ffffff' },
  });
  // An image: style sheets of the browser or of an extension would recolour inline shapes.
  const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return `<main class="two"><div class="qr"><img src="${image}" alt="QR code for signing in"></div>
  <div><h1>Sign in with your phone</h1>
  <ol><li>Scan the code, or open <strong>${escapeHtml(addressOf(verificationUri))}</strong> and type these letters</li>
  <li>Check that your phone shows the same letters</li></ol>
  <p class="code" aria-label="Code">${escapeHtml(userCode)}</p>
  <p class="soft" role="status">Waiting for your phone. <span data-ends="${expiresAtMs}"></span></p></div></main>`;
}

/** Returns the address as a person types it, without the scheme that every browser adds. */
const addressOf = (uri: string): string => uri.replace(/^https:\/\//, '').replace(/^http:\/\/(?=localhost)/, '');

/** A page with a text and one button, which Enter on a remote control presses. */
const message = (title: string, text: string, button: string): View => ({
  title,
  body: `<main class="one"><div role="status"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></div>
  <form method="post" action="/tv"><button type="submit" autofocus>${escapeHtml(button)}</button></form></main>`,
});

/**
 * Polls the state every second and reloads when it changes. Enter presses the button wherever the focus is.
 */
export const tvScript = `const shown = document.body.dataset.state;
const ends = document.querySelector('[data-ends]');
async function look() {
  try {
    const { state } = await (await fetch('/tv/state')).json();
    if (state !== shown) return location.replace('/tv');
  } catch {}
  setTimeout(look, 1000);
}
function count() {
  const left = Math.max(0, Math.ceil((ends.dataset.ends - Date.now()) / 1000));
  ends.textContent = 'Ends in ' + Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0') + '.';
}
if (ends) { count(); setInterval(count, 1000); }
document.addEventListener('keydown', (event) => {
  const button = document.querySelector('button');
  if (event.key === 'Enter' && button && event.target !== button) button.click();
});
look();
`;

const style = `${colours}
  * { box-sizing: border-box; }
  html { font-size: clamp(15px, 2.05vmin + .35vw, 44px); }
  body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
    font: 1rem/1.5 Georgia, 'Songti SC', serif; padding: 3.2rem 4.5rem; overflow-x: hidden; }
  header { display: flex; align-items: center; gap: .8rem; color: var(--soft); }
  .cup { width: 2.2rem; height: 2.2rem; }
  main { flex: 1; display: grid; align-items: center; }
  .two { grid-template-columns: auto minmax(0, 1fr); gap: 4.5rem; }
  .one { align-content: center; gap: 1.6rem; }
  .qr { width: max(330px, min(62vh, 40vw)); background: #fff; border-radius: .6rem; overflow: hidden; }
  .qr img { display: block; width: 100%; height: auto; }
  h1 { font-size: 2.7rem; line-height: 1.1; font-weight: 500; margin: 0 0 1.4rem; }
  .one h1 { font-size: 3.6rem; }
  .one p { font-size: 1.35rem; color: var(--soft); margin: 0; max-width: 34em; overflow-wrap: anywhere; }
  ol { margin: 0 0 1.6rem; padding-left: 1.3em; font-size: 1.2rem; }
  li { margin-bottom: .5rem; overflow-wrap: anywhere; text-wrap: pretty; }
  .code { font: 700 4.4rem/1 ui-monospace, Menlo, 'DejaVu Sans Mono', monospace; letter-spacing: .04em; margin: 0 0 1.6rem; white-space: nowrap; }
  .soft { color: var(--soft); margin: 0; font-variant-numeric: tabular-nums; }
  button { border: 0; border-radius: 999px; padding: .8rem 2rem; background: var(--leaf); color: var(--on-leaf); font: inherit; font-size: 1.35rem;
    font-weight: 600; cursor: pointer; }
  button:focus-visible, button:focus { outline: .22rem solid var(--ink); outline-offset: .22rem; }
  @media (max-width: 60rem) and (orientation: portrait) { .two { grid-template-columns: 1fr; gap: 2rem; justify-items: start; } body { padding: 2rem; } .code { font-size: 2.6rem; } }`;
