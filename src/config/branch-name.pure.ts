/** The rules of `git check-ref-format --branch`: anything else could be read as an option, a pattern or two refs. */
export function isBranchName(name: string): boolean {
  return !(
    name.startsWith('-') ||
    name === 'HEAD' ||
    name.endsWith('.') ||
    name.includes('..') ||
    name.includes('@{') ||
    /[\p{Cc} ~^:?*[\\]/u.test(name) ||
    name.split('/').some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock'))
  );
}
