/** Shells that can complete. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type CompletedShell = (typeof SHELLS)[number];

// The word under the cursor comes last, empty when there is none. An answer is a line for each candidate: word, tab, what it is.
const SCRIPTS: Readonly<Record<CompletedShell, string>> = {
  bash: `
_millrace() {
  local IFS=$'\\n'
  COMPREPLY=($(millrace __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
  # Nothing known: names of files.
  [[ \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
}
complete -F _millrace millrace
`,
  zsh: `
#compdef millrace
_millrace() {
  local -a found
  local line
  for line in "\${(@f)$(millrace __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe millrace found; else _files; fi
}
compdef _millrace millrace
`,
  fish: `
function __millrace_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (millrace __complete $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c millrace -f -a '(__millrace_complete)'
`,
};

/** The script that makes a shell complete `millrace`. */
export function completionScript(shell: CompletedShell): string {
  return SCRIPTS[shell].trimStart();
}
