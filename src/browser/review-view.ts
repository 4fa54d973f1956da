// Draws the phone's question and its outcome from the page's templates. Everything that came from outside is set as text, never markup.
import type { Messages } from '../i18n/messages.ts';
import type { Claim, Outcome } from './claim.ts';
import { find, readTexts, say } from './dom.ts';
import { fill, strong } from './messages.ts';
import { serverNow } from './server-clock.ts';

export type PhoneTexts = {
  readonly review: Messages['review'];
  readonly device: Messages['device'];
  readonly home: Messages['home'];
  readonly asks: Messages['asks'];
  readonly page: Messages['page'];
  readonly refusals: Partial<Messages['refusals']>;
};

export const texts = readTexts<PhoneTexts>();
const { review, device } = texts;

export const wordsFor = (code: string): { title: string; message: string } =>
  texts.refusals[code as keyof Messages['refusals']] ?? texts.refusals.internal_error ?? { title: '', message: '' };

function place(container: HTMLElement, template: string): <T extends Element = HTMLElement>(slot: string) => T {
  container.replaceChildren(find<HTMLTemplateElement>(template).content.cloneNode(true));
  return (slot) => find(`[data-slot="${slot}"]`, container);
}

export type Question = ReturnType<typeof drawQuestion>;

export function drawQuestion(container: HTMLElement, { context, requires, passkey_options }: Claim) {
  const slot = place(container, '#question');
  const { client, browser } = context;
  const title = slot('title');
  const isScreen = context.kind === 'device';
  title.replaceChildren(...strong(isScreen ? device.title : review.title, { client: client.name }));
  drawLogo(slot('logo'), slot('letter'), client);
  const { redirect_host: host } = client;
  slot('host').textContent = client.self_registered ? fill(review.selfRegistered, { host: host ?? '' }) : host;
  slot('host').hidden = !host;
  slot('browser-title').textContent = isScreen ? device.device : review.browser;
  slot('browser').textContent = browser.system
    ? fill(review.browserOn, { name: browser.name, system: browser.system })
    : browser.name;
  slot('warning').textContent = isScreen ? device.warning : review.warning;
  const known = slot('known');
  known.textContent = browser.known ? review.browserKnown : review.browserNew;
  known.classList.toggle('tag-new', !browser.known);
  known.hidden = isScreen;
  slot('claimed').hidden = !isScreen || browser.name === device.unknown;
  drawPlace(slot, context);
  slot('scopes-title').textContent = fill(review.scopes, { client: client.name });
  slot('scopes').replaceChildren(...context.scopes.map(({ description }) => listItem(description)));
  slot('lasts').textContent = context.access.description;
  drawReasons(slot('caution'), slot('reasons'), context);
  slot('trust-row').hidden = !context.trust_browser_allowed;
  slot('code-follows').hidden = !requires.includes('confirmation_code');
  slot('passkey-follows').hidden = passkey_options === null;
  drawLinks(slot('links'), [slot('policy'), client.policy_uri], [slot('terms'), client.tos_uri]);

  const buttons = { deny: slot('deny'), approve: slot('approve'), report: slot('report') } as Record<
    'deny' | 'approve' | 'report',
    HTMLButtonElement
  >;
  const confirm = slot<HTMLAnchorElement>('confirm');
  let cannotApprove = false;
  const tick = () => {
    slot('when').textContent = ago(context.requested_at);
  };
  tick();
  title.focus();

  return {
    ...buttons,
    confirm,
    tick,
    isTrusted: (): boolean => slot<HTMLInputElement>('trust').checked,
    setBusy(isBusy: boolean): void {
      for (const button of Object.values(buttons)) button.disabled = isBusy;
      if (cannotApprove) buttons.approve.disabled = true;
    },
    say: (text: string | null): void => say(slot('problem'), text),
    /** From here on only a refusal is possible. `confirmAt`: where a fresh proof of the person would change that. */
    /** `action`: what helps against it. */
    forbidApproval(text: string, action: { href: string; label: string } | null): void {
      cannotApprove = true;
      buttons.approve.disabled = true;
      say(slot('problem'), text);
      confirm.hidden = action === null;
      if (action === null) return;
      confirm.href = action.href;
      confirm.textContent = action.label;
    },
  };
}

/** Of a device, before anything can be approved: its code against its screen. */
export function drawCode(container: HTMLElement, { context }: Claim) {
  const slot = place(container, '#device-code');
  slot('lead').textContent = fill(device.codeLead, { client: context.client.name });
  slot('code').textContent = context.user_code ?? '';
  const { reasons } = context.risk;
  const from = reasons.includes('opened_from_link') ? device.linkWarning : device.typedWarning;
  slot('from').textContent = from;
  slot('caution').hidden = !reasons.includes('opened_from_link') && !reasons.includes('code_typed');
  const [yes, no] = [slot<HTMLButtonElement>('yes'), slot<HTMLButtonElement>('no')];
  slot('title').focus();
  return {
    yes,
    no,
    say: (text: string | null): void => say(slot('problem'), text),
    setBusy(isBusy: boolean): void {
      for (const button of [yes, no]) button.disabled = isBusy;
    },
  };
}

/** The number match, between the tap on Approve and the decision. */
export function drawNumbers(container: HTMLElement, numbers: readonly string[]) {
  const slot = place(container, '#numbers');
  const deny = slot<HTMLButtonElement>('deny');
  const choices = numbers.map((number) => {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'button button-plain', textContent: number });
    button.setAttribute('aria-label', fill(texts.asks.choose, { number }));
    return { number, button };
  });
  slot('choices').replaceChildren(...choices.map(({ button }) => button));
  slot('title').focus();
  return {
    deny,
    choices,
    say: (text: string | null): void => say(slot('problem'), text),
    setBusy(isBusy: boolean): void {
      for (const button of [deny, ...choices.map((each) => each.button)]) button.disabled = isBusy;
    },
  };
}

/** What is said otherwise of a device than of a browser. */
const screenOutcomes: Partial<Record<Outcome, string>> = {
  approved: device.approvedText,
  denied: device.deniedText,
  reported: device.reportedText,
  expired: device.expiredText,
  cancelled: device.cancelledText,
};

const outcomes: Record<Outcome, { icon: string; title: string; text: string }> = {
  code: { icon: 'good', title: review.codeTitle, text: review.codeHint },
  approved: { icon: 'good', title: review.approvedTitle, text: review.approvedText },
  denied: { icon: 'bad', title: review.deniedTitle, text: review.deniedText },
  reported: { icon: 'bad', title: review.reportedTitle, text: review.reportedText },
  expired: { icon: 'late', title: review.expiredTitle, text: review.expiredText },
  cancelled: { icon: 'bad', title: review.cancelledTitle, text: review.cancelledText },
};

export function drawOutcome(container: HTMLElement, outcome: Outcome, code: string | null, isScreen: boolean): void {
  const action = outcome === 'code' ? null : { href: '/q', label: review.done };
  const shown = outcomes[outcome];
  const text = isScreen ? (screenOutcomes[outcome] ?? shown.text) : shown.text;
  drawEnd(container, { ...shown, text, code, action });
}

/** A refusal of the phone API, with the one way on that helps. */
export function drawRefusal(container: HTMLElement, code: string): void {
  const { title, message } = wordsFor(code);
  const back = `/sign-in?return_to=${encodeURIComponent(location.pathname)}`;
  const action = isSignInNeeded(code)
    ? { href: back, label: review.confirm }
    : { href: again(code), label: labelOf(code) };
  drawEnd(container, { icon: 'bad', title, text: message, code: null, action });
}

const passing = ['temporarily_unavailable', 'busy', 'rate_limited', 'internal_error'];
const again = (code: string): string => (passing.includes(code) ? location.pathname : '/q');
const labelOf = (code: string): string => (passing.includes(code) ? review.again : review.done);
export const isSignInNeeded = (code: string): boolean =>
  ['not_signed_in', 'device_proof_required', 'device_proof_invalid', 'reauthentication_required'].includes(code);

type End = {
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  readonly code: string | null;
  readonly action: { href: string; label: string } | null;
};

function drawEnd(container: HTMLElement, { icon, title, text, code, action }: End): void {
  const slot = place(container, '#outcome');
  slot('badge').classList.toggle('badge-bad', icon !== 'good');
  find(`[data-icon="${icon}"]`, container).hidden = false;
  const heading = slot('title');
  heading.textContent = title;
  slot('text').textContent = text;
  const digits = slot('code');
  digits.hidden = code === null;
  if (code !== null) digits.replaceChildren(half(code.slice(0, 3)), half(code.slice(3)));
  const link = slot<HTMLAnchorElement>('action');
  link.hidden = action === null;
  if (action) Object.assign(link, { href: action.href, textContent: action.label });
  heading.focus();
}

/** Two groups are easier to carry over; the gap is the style sheet's, so that a copy is the code itself. */
function half(digits: string): HTMLSpanElement {
  const part = document.createElement('span');
  part.textContent = digits;
  return part;
}

/** A page loads nothing from other sites, so a logo elsewhere is not shown. */
function drawLogo(logo: HTMLImageElement, letter: HTMLElement, client: Claim['context']['client']): void {
  const isOurs = client.logo !== null && new URL(client.logo, location.href).origin === location.origin;
  const isShown = client.logo !== null && (client.logo.startsWith('data:image/') || isOurs);
  if (isShown && client.logo !== null) logo.src = client.logo;
  logo.hidden = !isShown;
  letter.hidden = isShown;
  letter.textContent = [...client.name][0] ?? '';
}

function drawReasons(box: HTMLElement, list: HTMLElement, { kind, risk }: Claim['context']): void {
  const { level } = risk;
  const isScreen = kind === 'device';
  const reasons = isScreen ? risk.reasons.filter(isOfScreens) : risk.reasons;
  const words: Partial<Record<string, string>> = { ...review.reasons, ...(isScreen && screenReasons) };
  // At low risk the facts above say the ordinary already.
  const isSaid = (reason: string): boolean => (saidBy[reason] ?? []).some((other) => reasons.includes(other));
  const shown = reasons.filter((reason) => !isSaid(reason) && (level !== 'low' || !inFacts.includes(reason)));
  const sentences = shown.map((reason) => words[reason]).filter((sentence) => sentence !== undefined);
  list.replaceChildren(...sentences.map(listItem));
  box.dataset.level = level;
  box.hidden = sentences.length === 0;
}

/** Another country is far away and on another network: one sentence is enough. */
const saidBy: Readonly<Record<string, readonly string[]>> = {
  address_differs: ['far_apart', 'country_differs'],
  far_apart: ['country_differs'],
};

const screenReasons = { browser_reported: device.reported };

/** A device has no cookie by which it could be known, so it is always new. */
const isOfScreens = (reason: string): boolean => reason !== 'browser_new';

/** Said by the facts themselves, or too ordinary to say. */
const inFacts = ['browser_new', 'browser_known', 'address_differs', 'far_apart', 'phone_in_data_centre'];

/** What is said beside the place; the oddest of them. */
const oddPlaces = ['country_differs', 'browser_in_data_centre'] as const;

/** Where the other screen is, and where this phone; by their addresses alone where no place is known. */
function drawPlace(slot: (name: string) => HTMLElement, { place: where, risk }: Claim['context']): void {
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

function drawLinks(row: HTMLElement, ...links: [HTMLAnchorElement, string | null][]): void {
  for (const [link, uri] of links) {
    link.hidden = uri === null || !/^https?:/.test(uri);
    if (uri !== null && !link.hidden) link.href = uri;
  }
  row.hidden = links.every(([link]) => link.hidden);
}

function listItem(text: string): HTMLLIElement {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

function ago(at: number): string {
  const seconds = Math.max(Math.round(serverNow() - at), 0);
  if (seconds < 10) return texts.page.now;
  if (seconds < 120) return fill(review.secondsAgo, { count: Math.floor(seconds / 10) * 10 });
  return fill(review.minutesAgo, { count: Math.floor(seconds / 60) });
}
