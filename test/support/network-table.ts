// What a person sees and what the server holds when the network fails at a step of a sign-in: the table that
// test/e2e/network-table.spec.ts proves cell by cell. Its type leaves no cell empty.
import type { Fault } from './faulty-network.ts';

/** The steps, each of which is one request, as "METHOD /path". */
export const steps = {
  stream: { title: 'the sign-in page follows its code', request: /^GET .*\/events$/ },
  scan: { title: 'the phone reads the code', request: /^POST \/phone\/v1\/scan$/ },
  approve: { title: 'Approve', request: /^POST .*\/approve$/ },
  deny: { title: 'Deny', request: /^POST .*\/deny$/ },
  finish: { title: 'the browser finishes after the approval', request: /^POST .*\/finish$/ },
  wayBack: { title: 'the browser goes to the app', request: /^GET \/auth\/[\w-]+$/ },
  password: { title: 'Sign in with a password', request: /^POST .*\/password$/ },
  cancel: { title: 'Cancel', request: /^POST .*\/cancel$/ },
} as const;

export type StepName = keyof typeof steps;

/** The faults. Each hits the first such request of its page, and the later ones pass. */
export const faults = {
  cutBefore: { title: 'cut before the server hears it', fault: { kind: 'request-cut' } },
  lostAnswer: { title: 'answer lost', fault: { kind: 'answer-lost' } },
  silentBefore: { title: 'silence, the server hears nothing', fault: { kind: 'request-held' } },
  silentAfter: { title: 'silence, the server has done it', fault: { kind: 'answer-held' } },
  heldBody: { title: 'headers without the body', fault: { kind: 'body-held' } },
  wrongAnswer: {
    title: 'a page of a proxy with 502',
    fault: { kind: 'own-answer', status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' },
  },
} as const satisfies Record<string, { title: string; fault: Fault }>;

export type FaultName = keyof typeof faults;

/**
 * Who continues after the fault: the page by itself, or a person who taps a button, reloads the page, or
 * opens its address again.
 */
export type Way = 'the page' | 'a reload' | 'another tab' | `tap ${string}`;

export type Cell = {
  /** What the page says then; the heading of an outcome counts. */
  readonly sees: string;
  /** The state of the ticket, or that the sign-in is over. */
  readonly holds: string;
  readonly goesOnBy: Way;
  /** What the person sees in the end. */
  readonly ends: string;
};

const noAnswer = 'The server did not answer. Check your connection, then try again.';
const cell = (sees: string, holds: string, goesOnBy: Way, ends: string): Cell => ({ sees, holds, goesOnBy, ends });

const code = 'the app, with a code';
/** Its heading. */
const question = 'Sign in to Shop?';
const refusal = 'the app, with access_denied';
const browserError = 'the browser’s own page about the network';
const waits = cell('Waiting for your phone', 'pending', 'the page', code);

export const table: Readonly<Record<StepName, Readonly<Record<FaultName, Cell>>>> = {
  stream: {
    cutBefore: waits,
    lostAnswer: waits,
    silentBefore: waits,
    silentAfter: waits,
    heldBody: waits,
    wrongAnswer: waits,
  },
  scan: {
    cutBefore: cell(noAnswer, 'pending', 'a reload', question),
    lostAnswer: cell(noAnswer, 'scanned', 'a reload', question),
    silentBefore: cell(noAnswer, 'pending', 'a reload', question),
    silentAfter: cell(noAnswer, 'scanned', 'a reload', question),
    heldBody: cell(noAnswer, 'scanned', 'a reload', question),
    wrongAnswer: cell(noAnswer, 'pending', 'a reload', question),
  },
  approve: {
    cutBefore: cell(noAnswer, 'scanned', 'tap Approve', 'Approved'),
    lostAnswer: cell('Approved', 'approved', 'the page', 'Approved'),
    silentBefore: cell(noAnswer, 'scanned', 'tap Approve', 'Approved'),
    silentAfter: cell('Approved', 'approved', 'the page', 'Approved'),
    heldBody: cell('Approved', 'approved', 'the page', 'Approved'),
    wrongAnswer: cell(noAnswer, 'scanned', 'tap Approve', 'Approved'),
  },
  deny: {
    cutBefore: cell(noAnswer, 'scanned', 'tap Deny', 'Denied'),
    lostAnswer: cell('Denied', 'denied', 'the page', 'Denied'),
    silentBefore: cell(noAnswer, 'scanned', 'tap Deny', 'Denied'),
    silentAfter: cell('Denied', 'denied', 'the page', 'Denied'),
    heldBody: cell('Denied', 'denied', 'the page', 'Denied'),
    wrongAnswer: cell(noAnswer, 'scanned', 'tap Deny', 'Denied'),
  },
  finish: {
    cutBefore: cell(noAnswer, 'approved', 'the page', code),
    lostAnswer: cell(noAnswer, 'consumed', 'the page', code),
    silentBefore: cell(noAnswer, 'approved', 'the page', code),
    silentAfter: cell(noAnswer, 'consumed', 'the page', code),
    heldBody: cell(noAnswer, 'consumed', 'the page', code),
    wrongAnswer: cell(noAnswer, 'approved', 'the page', code),
  },
  wayBack: {
    cutBefore: cell(browserError, 'consumed', 'a reload', code),
    lostAnswer: cell(browserError, 'ended', 'a reload', code),
    silentBefore: cell('This takes longer than usual.', 'consumed', 'another tab', code),
    silentAfter: cell('This takes longer than usual.', 'ended', 'another tab', code),
    // A redirect has no body that a browser would wait for.
    heldBody: cell(code, 'ended', 'the page', code),
    wrongAnswer: cell('Bad gateway', 'consumed', 'a reload', code),
  },
  password: {
    cutBefore: cell(noAnswer, 'pending', 'tap Sign in', code),
    lostAnswer: cell(noAnswer, 'cancelled', 'tap Sign in', code),
    silentBefore: cell(noAnswer, 'pending', 'tap Sign in', code),
    silentAfter: cell(noAnswer, 'cancelled', 'tap Sign in', code),
    heldBody: cell(noAnswer, 'cancelled', 'tap Sign in', code),
    wrongAnswer: cell(noAnswer, 'pending', 'tap Sign in', code),
  },
  cancel: {
    cutBefore: cell(noAnswer, 'pending', 'tap Cancel', refusal),
    lostAnswer: cell('This sign-in was cancelled.', 'cancelled', 'tap Back to Shop', refusal),
    silentBefore: cell(noAnswer, 'pending', 'tap Cancel', refusal),
    silentAfter: cell('This sign-in was cancelled.', 'cancelled', 'tap Back to Shop', refusal),
    heldBody: cell('This sign-in was cancelled.', 'cancelled', 'tap Back to Shop', refusal),
    wrongAnswer: cell(noAnswer, 'pending', 'tap Cancel', refusal),
  },
};
