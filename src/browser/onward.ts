// A page between a form and the place where its answer leads (http/kit/navigation.ts). It replaces itself in
// the history, so that Back does not come here again.
import { find } from './dom.ts';

location.replace(find<HTMLAnchorElement>('#onward').href);
