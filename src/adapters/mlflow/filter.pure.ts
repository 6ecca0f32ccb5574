/**
 * MLflow's filter for tags with these values. Quotes cannot be escaped in it: a value with both kinds is left out, and
 * whoever asks compares the answers once more, also because some databases ignore case.
 */
export function tagFilter(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).flatMap(([name, value]) => {
    const quote = value.includes("'") ? '"' : "'";
    return value.includes(quote) ? [] : [`tags.\`${name}\` = ${quote}${value}${quote}`];
  });
}
