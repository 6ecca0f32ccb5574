const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
/** Of bytes, and of letters that say the same. */
const [GROUP, WORD] = [4, 5];

/** As Python's `base64.b85encode`: five letters, none of which JSON escapes, for four bytes. */
export function base85(bytes: Buffer): string {
  const missing = (GROUP - (bytes.length % GROUP)) % GROUP;
  const padded = Buffer.concat([bytes, Buffer.alloc(missing)]);
  let text = '';
  for (let at = 0; at < padded.length; at += GROUP) {
    let rest = padded.readUInt32BE(at);
    let word = '';
    for (let digit = 0; digit < WORD; digit++) {
      word = LETTERS[rest % LETTERS.length] + word;
      rest = Math.floor(rest / LETTERS.length);
    }
    text += word;
  }
  return text.slice(0, text.length - missing);
}
