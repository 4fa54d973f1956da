// A limit for JSON from outside. The parser reads any depth, but copying and writing a deep value exhausts
// the stack, which would be a failure of ours. Pure.

/** Levels of objects and arrays. A client's metadata, keys and claims need fewer than ten. */
const maxLevels = 32;

/**
 * Whether a JSON text has more levels of objects and arrays than anything here needs. The text may be
 * malformed.
 */
export function isNestedTooDeeply(json: string): boolean {
  let level = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') isInString = !isInString;
    else if (isInString) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') level++;
    else if (character === ']' || character === '}') level--;
    if (level > maxLevels) return true;
  }
  return false;
}
