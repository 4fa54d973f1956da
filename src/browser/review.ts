// The page that opens from a QR code (`/q/<frame>`) or from a request sent to this phone (`/q/ask/<id>`).
// It claims the ticket once a person sees the page, so a prerender or a link preview claims nothing.
import { createClaimStore } from './claim.ts';
import { find } from './dom.ts';
import { run } from './handlers.ts';
import { claim, resume } from './review-session.ts';
import { drawRefusal } from './review-view.ts';
import { reportRunning } from './running.ts';
import { untilVisible } from './visibility.ts';

const { frame = '', ask = '' } = find('#landing').dataset;
const container = find('#review');
// A frame rotates every few seconds and its handle does not, so the handle names the stored claim.
const store = createClaimStore(ask ? `ask.${ask}` : (frame.split('.')[0] ?? ''));

run(async () => {
  await untilVisible();
  const kept = store.load();
  if (kept) return resume(container, kept, store);
  const refusal = await claim(container, ask ? { ask } : { qr: frame, channel: 'link' }, store);
  if (refusal) drawRefusal(container, refusal);
});

reportRunning();
