// Facts of an audit record about the risk and the places that the phone was shown (security.md H5). Pure.
import type { Place } from '../place/place.ts';
import type { ReviewContext } from './approval-rules.ts';

/** The facts of one review. Unknown places are left out. */
export function shownFacts({ risk, places }: ReviewContext): Record<string, string> {
  return {
    risk: risk.level,
    reasons: risk.reasons.join(' '),
    ...factsOf('browser', places.browser),
    ...factsOf('phone', places.phone),
  };
}

/** For example "Berlin, DE". Unknown parts are left out. */
function factsOf(side: 'browser' | 'phone', place: Place | null): Record<string, string> {
  const where = [place?.city?.en, place?.country].filter(Boolean).join(', ');
  const network = place?.network ?? (place?.asn ? `AS${place.asn}` : '');
  return { ...(where && { [`${side}_place`]: where }), ...(network && { [`${side}_network`]: network }) };
}
