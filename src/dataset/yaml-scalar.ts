/** What DVC's YAML 1.2 reader would take for something else than a string. */
const NOT_A_STRING = new RegExp(
  `^(?:${[
    '',
    '~|null|Null|NULL',
    'true|True|TRUE|false|False|FALSE',
    '[-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?',
    '[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+]?[0-9]+)?',
    '[-+]?\\.[0-9_]+(?:[eE][-+][0-9]+)?',
    '[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)',
    '[-+]?(?:0b[0-1_]+|0o[0-7_]+|0x[0-9a-fA-F_]+)|[-+][0-9_]+',
    '[0-9]{4}-[0-9]{2}-[0-9]{2}',
    '=|<<',
  ].join('|')})$`,
);
/** Indicators that cannot begin a plain scalar, or would end one; and spaces that it would lose. */
const NOT_PLAIN = /^[#,[\]{}&*!|>'"%@`]|^-(?: |$)|^[?:](?: |$)|^---|^\.\.\.|:(?: |$)| #|^ | $/;
const NOT_PRINTABLE = /[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const TO_ESCAPE = new RegExp(`${NOT_PRINTABLE.source}|["\\\\]`, 'gu');
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
};

/**
 * A string as a value in a block mapping, quoted when and how DVC quotes it. Always one line, where DVC folds what
 * goes beyond 80 columns.
 */
export function yamlScalar(text: string): string {
  if (NOT_PRINTABLE.test(text)) return doubleQuoted(text);
  if (!NOT_A_STRING.test(text) && !NOT_PLAIN.test(text)) return text;
  return text.includes("'") ? doubleQuoted(text) : `'${text}'`;
}

function doubleQuoted(text: string): string {
  return `"${text.replace(TO_ESCAPE, escaped)}"`;
}

function escaped(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return `\\${short}`;
  const digits = character.charCodeAt(0).toString(16).toUpperCase();
  return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
}
