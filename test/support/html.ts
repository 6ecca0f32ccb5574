const VOID = new Set(['meta', 'br', 'input', 'img', 'link', 'hr', 'path', 'circle', 'rect', 'line']);

/** What is wrong with a page of ours that must be sound and need nothing from elsewhere; empty when it is. */
export function problemsOfPage(page: string): string[] {
  const problems: string[] = [];
  if (!page.startsWith('<!doctype html>\n<html lang="en">')) problems.push('no doctype or language');
  for (const needed of ['<title>', 'name="viewport"', 'charset="utf-8"', '<main>', '<h1>'])
    if (page.split(needed).length !== 2) problems.push(`not one ${needed}`);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string);
  for (const id of ids) if (ids.filter((other) => other === id).length > 1) problems.push(`id ${id} twice`);
  for (const [, list] of page.matchAll(/\s(?:aria-labelledby|aria-describedby|for)="([^"]+)"/g))
    for (const id of (list as string).split(' ')) if (!ids.includes(id)) problems.push(`no id ${id}`);
  for (const [address] of page.matchAll(/(?:src|href|url\()=?["']?(?:https?:)?\/\/[^\s"')]*/g))
    problems.push(`from elsewhere: ${address}`);
  if (/\son\w+="/.test(page)) problems.push('a handler in an attribute');
  problems.push(...unbalanced(page));
  return problems;
}

export function linksOf(page: string): string[] {
  return [...page.matchAll(/\shref="([^"]*)"/g)].map(([, link]) => link as string);
}

function unbalanced(page: string): string[] {
  const open: string[] = [];
  const markup = page.replace(/<(style|script)\b[^>]*>.*?<\/\1>/gs, '');
  for (const [, closing, name = '', self] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (VOID.has(name) || self === '/') continue;
    if (closing !== '/') open.push(name);
    else if (open.pop() !== name) return [`</${name}> where another element is open`];
  }
  return open.map((name) => `<${name}> is not closed`);
}
