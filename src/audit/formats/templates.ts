/** Files that are filled in before a server reads them. */

/** Lines of Jinja, ERB, Go or Handlebars templates that decide what is written: what stands between may not be there. */
const CONTROL =
  /\{%-?[ \t]*(?:if|for|set|else|end|block|macro|include|raw)|<%-?[ \t]*(?:if|unless|@|for|end|-?\w+\.each)|\{\{-?[ \t]*(?:if|range|with|else|end|include|template|define|#if|#each)\b/;

/** True when parts of the text depend on conditions that are not known here: nothing can be said about it. */
export function isConditionalTemplate(text: string): boolean {
  return CONTROL.test(text.slice(0, 262_144));
}
