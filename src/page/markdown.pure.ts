/** Text as Markdown that shows it; also against mentions (`@name`), links and references (`#1`) of the code host. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/@/g, '@<!-- -->')
    .replace(/:\/\//g, ':<!-- -->//');
}

/** A code span, also in a table. HTML instead of backticks: a name may hold those. */
export function code(text: string): string {
  const safe = text.replace(/[^\p{L}\p{N} /.-]/gu, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}
