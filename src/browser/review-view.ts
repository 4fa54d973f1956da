// Draws the steps of a review from the templates of the page (views/partials/review.eta). Everything that
// comes from a client or a browser is inserted as text, never as markup. review-session.ts decides what is
// drawn.
import type { Claim, Outcome } from './claim.ts';
import { find, present, say } from './dom.ts';
import { fill, strong } from './messages.ts';
import { isSignInNeeded, texts, wordsFor } from './phone-texts.ts';
import { ago, drawLinks, drawLogo, drawPlace, drawReasons, listItem } from './review-facts.ts';

const { review, screen } = texts;

/** Replaces the content of `container` with a template. Returns the lookup of its `data-slot` elements. */
function renderTemplate(
  container: HTMLElement,
  template: string,
): <T extends Element = HTMLElement>(slot: string) => T {
  container.replaceChildren(find<HTMLTemplateElement>(template).content.cloneNode(true));
  return (slot) => find(`[data-slot="${slot}"]`, container);
}

/** The elements and functions of a drawn question. */
export type Question = ReturnType<typeof drawQuestion>;

/** Draws the question with Approve, Deny and Report, and moves the focus to its title. */
export function drawQuestion(container: HTMLElement, { account, context, requires, passkey_options }: Claim) {
  const slot = renderTemplate(container, '#question');
  const { client, browser } = context;
  const title = slot('title');
  const isScreen = context.kind === 'device';
  title.replaceChildren(...strong(isScreen ? screen.title : review.title, { client: client.name }));
  drawLogo(slot('logo'), slot('letter'), client);
  slot('logo-source').hidden = !client.logo_by_client;
  const { redirect_host: host } = client;
  slot('host').textContent = client.self_registered ? fill(review.selfRegistered, { host: host ?? '' }) : host;
  slot('host').hidden = !host;
  slot('browser-title').textContent = isScreen ? screen.label : review.browser;
  slot('browser').textContent = browser.system
    ? fill(review.browserOn, { name: browser.name, system: browser.system })
    : browser.name;
  slot('warning').textContent = isScreen ? screen.warning : review.warning;
  const known = slot('known');
  known.textContent = browser.known ? review.browserKnown : review.browserNew;
  known.classList.toggle('tag-new', !browser.known);
  known.hidden = isScreen;
  slot('claimed').hidden = !isScreen || browser.name === screen.unknown;
  drawPlace(slot, context);
  slot('scopes-title').textContent = fill(review.scopes, { client: client.name });
  slot('scopes').replaceChildren(...context.scopes.map(({ description }) => listItem(description)));
  slot('lasts').textContent = context.access.description;
  drawReasons(slot('caution'), slot('reasons'), context);
  slot('trust-row').hidden = !context.trust_browser_allowed;
  slot('code-follows').hidden = !requires.includes('confirmation_code');
  slot('account').replaceChildren(...strong(review.account, account));
  slot('passkey-follows').hidden = passkey_options === null;
  drawLinks(slot('links'), [slot('policy'), client.policy_uri], [slot('terms'), client.tos_uri]);

  const buttons = { deny: slot('deny'), approve: slot('approve'), report: slot('report') } as Record<
    'deny' | 'approve' | 'report',
    HTMLButtonElement
  >;
  const confirm = slot<HTMLAnchorElement>('confirm');
  let cannotApprove = false;
  /** Updates the age of the request. */
  const tick = () => {
    slot('when').textContent = ago(context.requested_at);
  };
  tick();
  present(title);

  return {
    ...buttons,
    confirm,
    tick,
    /** Whether the person ticked "Trust this browser". */
    isTrusted: (): boolean => slot<HTMLInputElement>('trust').checked,
    /** Disables all buttons while a request is under way. */
    setBusy(isBusy: boolean): void {
      for (const button of Object.values(buttons)) button.disabled = isBusy;
      if (cannotApprove) buttons.approve.disabled = true;
    },
    say: (text: string | null): void => say(slot('problem'), text),
    /**
     * Disables Approve for good. Deny and Report stay possible.
     *
     * @param action link to the page that resolves the obstacle; null: there is none
     */
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

/** Draws the step in which the person compares the code with the screen (RFC 8628 §5.4). */
export function drawCode(container: HTMLElement, { context }: Claim) {
  const slot = renderTemplate(container, '#screen-code');
  slot('lead').textContent = fill(screen.codeLead, { client: context.client.name });
  slot('code').textContent = context.user_code ?? '';
  const { reasons } = context.risk;
  const from = reasons.includes('opened_from_link') ? screen.linkWarning : screen.typedWarning;
  slot('from').textContent = from;
  slot('caution').hidden = !reasons.includes('opened_from_link') && !reasons.includes('code_typed');
  const [yes, no] = [slot<HTMLButtonElement>('yes'), slot<HTMLButtonElement>('no')];
  present(slot('title'));
  return {
    yes,
    no,
    say: (text: string | null): void => say(slot('problem'), text),
    setBusy(isBusy: boolean): void {
      for (const button of [yes, no]) button.disabled = isBusy;
    },
  };
}

/** Draws the number matching, which follows the tap on Approve. One button for each number. */
export function drawNumbers(container: HTMLElement, numbers: readonly string[]) {
  const slot = renderTemplate(container, '#numbers');
  const deny = slot<HTMLButtonElement>('deny');
  const choices = numbers.map((number) => {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'button button-plain', textContent: number });
    button.setAttribute('aria-label', fill(texts.asks.choose, { number }));
    return { number, button };
  });
  slot('choices').replaceChildren(...choices.map(({ button }) => button));
  present(slot('title'));
  return {
    deny,
    choices,
    say: (text: string | null): void => say(slot('problem'), text),
    setBusy(isBusy: boolean): void {
      for (const button of [deny, ...choices.map((each) => each.button)]) button.disabled = isBusy;
    },
  };
}

/** The sentences that differ for a screen. */
const screenOutcomes: Partial<Record<Outcome, string>> = {
  approved: screen.approvedText,
  denied: screen.deniedText,
  reported: screen.reportedText,
  expired: screen.expiredText,
  cancelled: screen.cancelledText,
  lapsed: screen.lapsedText,
};

const outcomes: Record<Outcome, { icon: string; title: string; text: string }> = {
  code: { icon: 'good', title: review.codeTitle, text: review.codeHint },
  approved: { icon: 'good', title: review.approvedTitle, text: review.approvedText },
  denied: { icon: 'bad', title: review.deniedTitle, text: review.deniedText },
  reported: { icon: 'bad', title: review.reportedTitle, text: review.reportedText },
  expired: { icon: 'late', title: review.expiredTitle, text: review.expiredText },
  cancelled: { icon: 'bad', title: review.cancelledTitle, text: review.cancelledText },
  lapsed: { icon: 'late', title: review.lapsedTitle, text: review.lapsedText },
};

/** Draws how the review ended. `code`: the confirmation code, which only the outcome `code` has. */
export function drawOutcome(container: HTMLElement, outcome: Outcome, code: string | null, isScreen: boolean): void {
  const action = outcome === 'code' ? null : { href: '/q', label: review.done };
  const shown = outcomes[outcome];
  const text = isScreen ? (screenOutcomes[outcome] ?? shown.text) : shown.text;
  drawEnd(container, { ...shown, text, code, action });
}

/**
 * Draws a refusal of the phone API, with a link to what helps: a new sign-in, another try, or the home page.
 */
export function drawRefusal(container: HTMLElement, code: string): void {
  const { title, message } = wordsFor(code);
  const back = `/sign-in?return_to=${encodeURIComponent(location.pathname)}`;
  const action = isSignInNeeded(code)
    ? { href: back, label: review.confirm }
    : { href: nextPageFor(code), label: labelOf(code) };
  drawEnd(container, { icon: 'bad', title, text: message, code: null, action });
}

/** Refusal codes that another try can resolve. */
const temporaryRefusals = ['no_answer', 'temporarily_unavailable', 'busy', 'rate_limited', 'internal_error'];
const nextPageFor = (code: string): string => (temporaryRefusals.includes(code) ? location.pathname : '/q');
const labelOf = (code: string): string => (temporaryRefusals.includes(code) ? review.again : review.done);
/** What the last step shows. `icon`: the `data-icon` of the template; `action`: the only link. */
type End = {
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  readonly code: string | null;
  readonly action: { href: string; label: string } | null;
};

function drawEnd(container: HTMLElement, { icon, title, text, code, action }: End): void {
  const slot = renderTemplate(container, '#outcome');
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
  present(heading);
}

/**
 * Half of the confirmation code. The gap between both halves comes from the style sheet, so copied text has
 * none.
 */
function half(digits: string): HTMLSpanElement {
  const part = document.createElement('span');
  part.textContent = digits;
  return part;
}
