// Signing in on the phone, which is a device from then on.
import { find } from './dom.ts';
import { sendWithKey } from './key-form.ts';

sendWithKey(find<HTMLFormElement>('#sign-in'));
