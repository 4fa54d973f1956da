// The completion script for zsh.
import type { CompletionModel } from './model.ts';

/** A single-quoted word of the shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** _describe separates a word from its sentence by a colon. */
const item = (word: string, sentence: string) => quote(`${word.replaceAll(':', '\\:')}:${sentence}`);

/**
 * @returns a script to be sourced after compinit, or to be put into a folder of $fpath under the name
 * `_tessera`
 */
export function zshScript({ steps, options }: CompletionModel): string {
  // The words so far are read as far as they name a command or a group. Values and arguments end them.
  const known = steps.filter(({ words }) => words !== '').map(({ words }) => quote(words));
  const next = steps.map(
    (step) =>
      `    ${quote(step.words)}) items=(${step.next.map(({ word, sentence }) => item(word, sentence)).join(' ')}) ;;`,
  );
  const files = options.filter(({ values }) => values === 'file').map(({ flag }) => flag);
  const chosen = options.flatMap(({ flag, values }) => (Array.isArray(values) ? [{ flag, values }] : []));
  const free = options.filter(({ values }) => values === null).map(({ flag }) => flag);
  return `#compdef tessera
# Completion of tessera for zsh. Generated; try it with: source <(tessera completion zsh)
_tessera() {
  local command='' candidate word
  local -a items
  for word in "\${(@)words[2,CURRENT-1]}"; do
    candidate="\${command:+$command }$word"
    case "$candidate" in
    ${known.join('|')}) command="$candidate" ;;
    *) break ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
    ${files.join('|')}) _files; return ;;
${chosen.map(({ flag, values }) => `    ${flag}) compadd ${values.join(' ')}; return ;;`).join('\n')}
    ${free.join('|')}) return ;;
  esac
  case "$command" in
${next.join('\n')}
  esac
  _describe 'tessera' items
}
if [ "$funcstack[1]" = '_tessera' ]; then _tessera "$@"; else compdef _tessera tessera; fi
`;
}
