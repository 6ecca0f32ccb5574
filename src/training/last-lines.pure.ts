import { StringDecoder } from 'node:string_decoder';

const LONGEST = 400;

/** The end of what a command printed, as lines. A line that a progress bar drew over counts as it was last. */
export class LastLines {
  private readonly decoder = new StringDecoder('utf8');
  private readonly lines: string[] = [];
  private open = '';

  constructor(private readonly count: number) {}

  push(chunk: Buffer): void {
    const parts = `${this.open}${this.decoder.write(chunk)}`.split('\n');
    this.open = (parts.pop() ?? '').slice(-2 * LONGEST);
    this.lines.push(...parts.slice(-this.count).map(shown));
    this.lines.splice(0, this.lines.length - this.count);
  }

  all(): string[] {
    const open = shown(this.open);
    return [...this.lines, ...(open === '' ? [] : [open])].slice(-this.count);
  }
}

/** What a terminal would show of a line: behind the last return, without codes for colours. */
function shown(line: string): string {
  const text = line.replace(/\r+$/, '');
  const last = text.slice(text.lastIndexOf('\r') + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what such codes are made of
  return last.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').slice(-LONGEST);
}
