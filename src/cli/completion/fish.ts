// The completion script for fish.
import type { CompletionModel } from './model.ts';

/** A single-quoted word of fish, where only the backslash and the quote are special. */
const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * @returns a script to be sourced, or to be put into fish's folder `completions` under the name
 * `tessera.fish`
 */
export function fishScript({ steps, options }: CompletionModel): string {
  // The words so far are read as far as they name a command or a group. Values and arguments end them.
  const known = steps.filter(({ words }) => words !== '').map(({ words }) => quote(words));
  const valuesBy = new Map(options.map(({ flag, values }) => [flag, values]));
  const lines = steps.flatMap(({ words, next }) =>
    next.map(({ word, sentence }) => {
      const at = `complete -c tessera -n ${quote(`__tessera_at ${quote(words)}`)}`;
      const about = sentence === '' ? '' : ` -d ${quote(sentence)}`;
      if (!word.startsWith('--')) return `${at} -a ${word}${about}`;
      return `${at} -l ${word.slice(2)}${valuesOf(valuesBy.get(word))}${about}`;
    }),
  );
  return `# Completion of tessera for fish. Generated; try it with: tessera completion fish | source
function __tessera_at
  set -l command
  for word in (commandline -opc)[2..-1]
    set -l candidate (string join -- ' ' $command $word)
    contains -- $candidate ${known.join(' ')}; or break
    set command $candidate
  end
  test "$command" = "$argv[1]"
end
complete -c tessera -f
${lines.join('\n')}
`;
}

/** -x takes a value and offers no files; -r -F takes one and offers files. */
function valuesOf(values: readonly string[] | 'file' | null | undefined): string {
  if (values === undefined) return '';
  if (values === 'file') return ' -r -F';
  return values === null ? ' -x' : ` -x -a ${quote(values.join(' '))}`;
}
