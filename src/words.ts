const SHOWN = 20;

/** At most twenty lines, and how many more there are. */
export function shortList(lines: readonly string[]): string {
  const rest = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}

/** `1,234,567` of a whole number. Intl would take 15 ms to begin with. */
export function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 file`, `1,200 files` */
export function count(many: number, noun: string): string {
  return `${grouped(many)} ${noun}${many === 1 ? '' : 's'}`;
}

/** `60 kB`, `9.8 MB`, `1.2 GB` */
export function inBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
