// Where a QR code, or a request that waits for this phone, leads. Claims as soon as a person sees the page, not when something prerenders or previews it.
import { createClaimStore } from './claim.ts';
import { find, untilVisible } from './dom.ts';
import { claim, resume } from './review-session.ts';
import { drawRefusal } from './review-view.ts';

const { frame = '', ask = '' } = find('#landing').dataset;
const container = find('#review');
const store = createClaimStore(ask ? `ask.${ask}` : (frame.split('.')[0] ?? ''));

await untilVisible();
const kept = store.load();
if (kept) resume(container, kept, store);
else {
  const refusal = await claim(container, ask ? { ask } : { qr: frame, channel: 'link' }, store);
  if (refusal) drawRefusal(container, refusal);
}
