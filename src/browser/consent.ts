// The consent page. Its forms need no script; it only continues when another tab was answered.
import { find } from './dom.ts';
import { followOtherTabs } from './other-tab.ts';

followOtherTabs(find('#consent').dataset.base ?? '');
// A page from the back/forward cache shows an old state.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
