// A page between a form and the place where its answer leads (http/kit/navigation.ts). It replaces itself in
// the history, so that Back does not come here again.
import { replaceBy } from './departure.ts';
import { find } from './dom.ts';
import { run } from './handlers.ts';
import { reportRunning } from './running.ts';

run(() => replaceBy(find<HTMLAnchorElement>('#onward').href));

reportRunning();
