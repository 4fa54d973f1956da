// Draws the facts of a review: logo, place, reasons for a raised risk, links and age. Everything is inserted
// as text, never as markup. review-view.ts places them in the question.
import type { Claim } from './claim.ts';
import { fill } from './messages.ts';
import { texts } from './phone-texts.ts';
import { serverNow } from './server-clock.ts';

const { review, screen } = texts;

/**
 * Shows the logo, or the first letter of the name. The pages load nothing from other origins, logos included.
 */
export function drawLogo(logo: HTMLImageElement, letter: HTMLElement, client: Claim['context']['client']): void {
  const isOurs = client.logo !== null && new URL(client.logo, location.href).origin === location.origin;
  const isShown = client.logo !== null && (client.logo.startsWith('data:image/') || isOurs);
  if (isShown && client.logo !== null) logo.src = client.logo;
  logo.hidden = !isShown;
  letter.hidden = isShown;
  letter.textContent = [...client.name][0] ?? '';
}

/** Lists the reasons for a raised risk. Hidden when no reason needs a sentence. */
export function drawReasons(box: HTMLElement, list: HTMLElement, { kind, risk }: Claim['context']): void {
  const { level } = risk;
  const isScreen = kind === 'device';
  const reasons = isScreen ? risk.reasons.filter(isOfScreens) : risk.reasons;
  const words: Partial<Record<string, string>> = { ...review.reasons, ...(isScreen && screenReasons) };
  const isCovered = (reason: string): boolean => (coveredBy[reason] ?? []).some((other) => reasons.includes(other));
  const shown = reasons.filter((reason) => !isCovered(reason) && (level !== 'low' || !inFacts.includes(reason)));
  const sentences = shown.map((reason) => words[reason]).filter((sentence) => sentence !== undefined);
  list.replaceChildren(...sentences.map(listItem));
  box.dataset.level = level;
  box.hidden = sentences.length === 0;
}

/** Reasons that need no sentence when a stronger one applies: another country implies a great distance. */
const coveredBy: Readonly<Record<string, readonly string[]>> = {
  address_differs: ['far_apart', 'country_differs'],
  far_apart: ['country_differs'],
};

const screenReasons = { browser_reported: screen.reported };

/** A screen has no cookie, so it is never known. The reason `browser_new` would say nothing about it. */
const isOfScreens = (reason: string): boolean => reason !== 'browser_new';

/** At low risk these reasons get no sentence: the facts above show them already, or they are common. */
const inFacts = ['browser_new', 'browser_known', 'address_differs', 'far_apart', 'phone_in_data_centre'];

/** Reasons that get a tag beside the place. The first that applies is shown. */
const oddPlaces = ['country_differs', 'browser_in_data_centre'] as const;

/**
 * Shows the places of the waiting browser and of this phone, or how their addresses compare if no place is
 * known.
 */
export function drawPlace(slot: (name: string) => HTMLElement, { place: where, risk }: Claim['context']): void {
  const place = where.browser?.name ?? null;
  const comparison = review.comparison[where.comparison];
  slot('place').textContent = place ?? comparison;
  slot('network').textContent = [where.browser?.network, where.network].filter(Boolean).join(' · ');
  const phone = where.phone?.name ?? null;
  const isNear = where.comparison === 'same_address' || phone === null;
  const own = isNear ? comparison : fill(review.phoneIn, { place: phone });
  slot('phone-place').textContent = own;
  slot('phone-place').hidden = place === null;
  const odd = oddPlaces.find((reason) => risk.reasons.includes(reason));
  slot('place-tag').textContent = odd ? review.oddPlaces[odd] : '';
  slot('place-tag').hidden = odd === undefined;
}

/** Shows the links that have an http(s) address. Other schemes, such as `javascript:`, are never linked. */
export function drawLinks(row: HTMLElement, ...links: [HTMLAnchorElement, string | null][]): void {
  for (const [link, uri] of links) {
    link.hidden = uri === null || !/^https?:/.test(uri);
    if (uri !== null && !link.hidden) link.href = uri;
  }
  row.hidden = links.every(([link]) => link.hidden);
}

/** Creates a list item with a text. */
export function listItem(text: string): HTMLLIElement {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

/** Words for the age of an instant, which is in epoch seconds. Under two minutes in steps of ten seconds. */
export function ago(at: number): string {
  const seconds = Math.max(Math.round(serverNow() - at), 0);
  if (seconds < 10) return texts.page.now;
  if (seconds < 120) return fill(review.secondsAgo, { count: Math.floor(seconds / 10) * 10 });
  return fill(review.minutesAgo, { count: Math.floor(seconds / 60) });
}
