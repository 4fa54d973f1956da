// The stored form of the four records that speak of screens. The code says `screen`; databases keep the
// names that were published first (`device`, `isDevice`, `kind: 'device'`), so nodes of different versions
// read each other's records. Every other field is stored as it is. Pure; the adapters serialise.
import type { Approval } from '../core/approval/approval.ts';
import type { BrowserName, KnownBrowser } from '../core/device/browser.ts';
import type { BrowserApproved, Notice } from '../core/notice/notice.ts';
import type { ScreenRequest, Ticket } from '../core/ticket/ticket.ts';

export type StoredTicket = Omit<Ticket, 'screen'> & { readonly device?: ScreenRequest };

export function toStoredTicket(ticket: Ticket): StoredTicket {
  if (!ticket.screen) return ticket;
  const { screen: device, ...rest } = ticket;
  return { ...rest, device };
}

export function fromStoredTicket(stored: StoredTicket): Ticket {
  if (!stored.device) return stored;
  const { device: screen, ...rest } = stored;
  return { ...rest, screen };
}

export type StoredApproval = Omit<Approval, 'kind'> & { readonly kind?: 'device' };

export function toStoredApproval({ kind, ...rest }: Approval): StoredApproval {
  return kind ? { ...rest, kind: 'device' } : rest;
}

export function fromStoredApproval({ kind, ...rest }: StoredApproval): Approval {
  return kind ? { ...rest, kind: 'screen' } : rest;
}

type StoredBrowserName = Omit<BrowserName, 'isScreen'> & { readonly isDevice: boolean };
export type StoredBrowser = Omit<KnownBrowser, 'blockedAs'> & { readonly blockedAs?: StoredBrowserName };

export function toStoredBrowser({ blockedAs, ...rest }: KnownBrowser): StoredBrowser {
  if (!blockedAs) return rest;
  const { isScreen: isDevice, ...named } = blockedAs;
  return { ...rest, blockedAs: { ...named, isDevice } };
}

export function fromStoredBrowser({ blockedAs, ...rest }: StoredBrowser): KnownBrowser {
  if (!blockedAs) return rest;
  const { isDevice: isScreen, ...named } = blockedAs;
  return { ...rest, blockedAs: { ...named, isScreen } };
}

type StoredAbout =
  | (Omit<BrowserApproved, 'isScreen'> & { readonly isDevice?: true })
  | Exclude<Notice['about'], BrowserApproved>;
export type StoredNotice = Omit<Notice, 'about'> & { readonly about: StoredAbout };

export function toStoredNotice(notice: Notice): StoredNotice {
  if (notice.about.kind !== 'browser_approved') return { ...notice, about: notice.about };
  const { isScreen, ...about } = notice.about;
  return { ...notice, about: isScreen ? { ...about, isDevice: true } : about };
}

export function fromStoredNotice(stored: StoredNotice): Notice {
  if (stored.about.kind !== 'browser_approved') return { ...stored, about: stored.about };
  const { isDevice, ...about } = stored.about;
  return { ...stored, about: isDevice ? { ...about, isScreen: true } : about };
}

/** Adapts the `change` of an update port to the stored form. Pure, as `change` must be. */
export const storedChange =
  <T, Stored>(from: (stored: Stored) => T, change: (value: T) => T, to: (value: T) => Stored) =>
  (stored: Stored): Stored =>
    to(change(from(stored)));
