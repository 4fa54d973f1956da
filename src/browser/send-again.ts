// Sends a form of another site once more, from our own page, so that the browser adds the cookies
// (http/oidc/sign-out-routes.ts).
import { find } from './dom.ts';

find<HTMLFormElement>('#send-again').submit();
