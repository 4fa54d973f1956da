// What the phone was shown of risk and place, as facts of an audit record (security.md H5). Pure.
import type { Place } from '../place/place.ts';
import type { ReviewContext } from './approval-rules.ts';

export function shownFacts({ risk, places }: ReviewContext): Record<string, string> {
  return {
    risk: risk.level,
    reasons: risk.reasons.join(' '),
    ...factsOf('browser', places.browser),
    ...factsOf('phone', places.phone),
  };
}

/** "Berlin, DE"; of what is not known there is no fact. */
function factsOf(side: 'browser' | 'phone', place: Place | null): Record<string, string> {
  const where = [place?.city?.en, place?.country].filter(Boolean).join(', ');
  const network = place?.network ?? (place?.asn ? `AS${place.asn}` : '');
  return { ...(where && { [`${side}_place`]: where }), ...(network && { [`${side}_network`]: network }) };
}
