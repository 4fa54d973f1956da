// Sends a form of another site once more, from our own page, so that the browser adds the cookies
// (http/oidc/sign-out-routes.ts).
import { sendForm } from './departure.ts';
import { find } from './dom.ts';
import { run } from './handlers.ts';
import { reportRunning } from './running.ts';

run(() => sendForm(find<HTMLFormElement>('#send-again')));

reportRunning();
