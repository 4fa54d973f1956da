// The consent page. Its forms need no script; it only continues when another tab was answered.

import { reload } from './departure.ts';
import { find } from './dom.ts';
import { listen } from './handlers.ts';
import { followOtherTabs } from './other-tab.ts';
import { reportRunning } from './running.ts';

followOtherTabs(find('#consent').dataset.base ?? '');
// A page from the back/forward cache shows an old state.
listen(window, 'pageshow', ({ persisted }) => (persisted ? reload() : null));

reportRunning();
