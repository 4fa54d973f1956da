// Checks that an SVG can only draw. Elements and attributes come from a fixed list; nothing may run, load,
// use outside styles or grow without bound. This is a grammar and not a filter: anything unknown is rejected,
// and nothing is rewritten. The picture is also served under a strict policy (http/admin/logo-routes.ts).
export type SvgProblem = { readonly isBroken: boolean; readonly sentence: string };

/**
 * `use`, `pattern`, `marker` and `image` are left out: they can multiply a small file's content, or load
 * files.
 */
const elements = new Set(
  `svg g defs title desc path rect circle ellipse line polyline polygon text tspan linearGradient radialGradient stop clipPath mask filter
   style symbol switch feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
   feGaussianBlur feMerge feMergeNode feMorphology feOffset`.split(/\s+/),
);
const namespaces: Readonly<Record<string, string>> = {
  xmlns: 'http://www.w3.org/2000/svg',
  'xmlns:xlink': 'http://www.w3.org/1999/xlink',
  'xmlns:svg': 'http://www.w3.org/2000/svg',
};
const attributeName = /^(?!on)[a-z][a-zA-Z-]*[0-9]?$/;
const prefixed = new Set(['xml:space', 'xml:lang', 'xlink:href', ...Object.keys(namespaces)]);
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/**
 * Attributes by which one shape depends on another. They are not allowed inside such a shape, to prevent
 * nesting.
 */
const nesting = ['clip-path', 'mask', 'filter'];
const maxElements = 5000;
const maxDepth = 64;

const comment = /<!--(?:(?!--)[\s\S])*-->/y;
const tag = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attribute = /([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const textRun = /[^<]+/y;

class Refused extends Error {
  readonly isBroken: boolean;
  constructor(sentence: string, isBroken = false) {
    super(sentence);
    this.isBroken = isBroken;
  }
}

/** Returns what is wrong with an SVG, or null when it can only draw. */
export function svgProblem(body: Buffer): SvgProblem | null {
  try {
    check(decode(body));
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { isBroken: error.isBroken, sentence: error.message };
  }
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refused('This SVG is not written in UTF-8.', true);
  }
}

function check(source: string): void {
  const declaration =
    /^\s*<\?xml\s+version="1\.[01]"(?:\s+encoding="(?:utf-8|UTF-8)")?(?:\s+standalone="(?:yes|no)")?\s*\?>/;
  const text = source.replace(declaration, '').trim();
  if (/<!(?!--)/.test(text))
    throw new Refused('This SVG has a DOCTYPE, an entity or CDATA, which a logo must not have.');
  if (text.includes('<?')) throw new Refused('This SVG has a processing instruction, which a logo must not have.');
  const open: string[] = [];
  let seen = 0;
  for (let at = 0; at < text.length; ) {
    const match = matchAt(comment, text, at) ?? matchAt(tag, text, at) ?? matchAt(textRun, text, at);
    if (!match) throw new Refused(`This SVG cannot be read near “${text.slice(at, at + 30)}”.`, true);
    at += match[0].length;
    if (match[2] !== undefined) {
      seen += 1;
      step(open, { isEnd: match[1] === '/', name: match[2], attributes: match[3] ?? '', isEmpty: match[4] === '/' });
      if (
        open.length === 0 &&
        text
          .slice(at)
          .replace(/<!--(?:(?!--)[\s\S])*-->/g, '')
          .trim() !== ''
      ) {
        throw new Refused('This SVG has something after its end.', true);
      }
    } else if (!match[0].startsWith('<!--')) checkText(match[0], open);
    if (seen > 2 * maxElements || open.length > maxDepth) throw new Refused('This SVG has too many elements.');
  }
  if (seen === 0 || open.length > 0) throw new Refused('This SVG is not whole.', true);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

type Tag = {
  readonly isEnd: boolean;
  readonly name: string;
  readonly attributes: string;
  readonly isEmpty: boolean;
};

function step(open: string[], { isEnd, name, attributes, isEmpty }: Tag): void {
  if (isEnd) {
    if (open.pop() !== name || attributes !== '')
      throw new Refused(`This SVG closes ${name} where it is not open.`, true);
    return;
  }
  if (!elements.has(name)) throw new Refused(`This SVG has the element ${name}, which a logo must not have.`);
  if ((open.length === 0) !== (name === 'svg'))
    throw new Refused('This SVG must be one svg element, and no other inside it.');
  if (open.at(-1) === 'style') throw new Refused('This SVG has an element inside style.', true);
  const given = new Set<string>();
  for (const [, key = '', double, single] of attributes.matchAll(attribute)) {
    if (given.has(key)) throw new Refused(`This SVG gives ${key} twice.`, true);
    given.add(key);
    checkAttribute(key, decodeEntities(double ?? single ?? ''), open);
  }
  if (name === 'svg' && !given.has('xmlns')) throw new Refused('This SVG does not name its namespace (xmlns).', true);
  if (!isEmpty) open.push(name);
}

function checkAttribute(name: string, value: string, open: readonly string[]): void {
  if (!attributeName.test(name) && !prefixed.has(name)) {
    throw new Refused(`This SVG has the attribute ${name}, which a logo must not have.`);
  }
  if (name in namespaces && value !== namespaces[name]) throw new Refused(`This SVG has another namespace in ${name}.`);
  if ((name === 'href' || name === 'xlink:href') && !/^#[\w.-]+$/.test(value)) {
    throw new Refused('This SVG refers to something outside itself.');
  }
  const isReference = /^\s*url\(\s*(['"]?)#[\w.-]+\1\s*\)\s*(?:none|#[0-9a-fA-F]{3,8}|[a-z]+)?\s*$/.test(value);
  if (/url\s*\(|image-set|javascript:|data:/i.test(value) && !isReference) {
    throw new Refused('This SVG refers to something outside itself.');
  }
  if (name === 'style') checkStyle(value);
  const isInside = open.includes('clipPath') || open.includes('mask') || open.includes('filter');
  if (isInside && nesting.includes(name)) throw new Refused(`This SVG has ${name} inside a clip, mask or filter.`);
}

function checkText(text: string, open: readonly string[]): void {
  if (open.length === 0) {
    if (text.trim() !== '') throw new Refused('This SVG has text outside its svg element.', true);
    return;
  }
  const decoded = decodeEntities(text);
  if (open.at(-1) === 'style') checkStyle(decoded);
}

/** Allows plain declarations: nothing that loads, escapes or animates. */
function checkStyle(css: string): void {
  if (/[\\@<]|url\s*\(|image|expression|javascript:|\/\*|animation|transition/i.test(css)) {
    throw new Refused('This SVG has a style that loads, moves or hides something.');
  }
  if (/clip-path|mask|filter/i.test(css)) throw new Refused('This SVG has a clip, mask or filter in a style.');
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:(\w+);)?/g, (whole, name: string | undefined) => {
    const letter = name !== undefined && Object.hasOwn(entities, name) ? entities[name] : undefined;
    if (letter === undefined) throw new Refused(`This SVG has ${whole}, an entity that a logo must not have.`);
    return letter;
  });
}
