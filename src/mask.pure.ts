const TELLING = /SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|ACCESS_KEY|API_KEY|PRIVATE_KEY/i;
/** Shorter ones occur in ordinary text. */
const SHORTEST = 8;
const SHAPES = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_|github_pat_)\w{20,}/g,
  /(?<=:\/\/)[^\s/@]+:[^\s/@]*(?=@)/g,
  // A token alone, where a name would stand.
  /(?<=https?:\/\/)[^\s/@]+(?=@)/g,
];

/** Values of variables whose names say that they are secret, also as addresses hold them; the longest first. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(env).flatMap(([name, value]) =>
    TELLING.test(name) && value !== undefined && value.length >= SHORTEST ? [value] : [],
  );
  return [...new Set([...values, ...values.map(encodeURIComponent)])].sort((a, b) => b.length - a.length);
}

/** Text without these secrets, and without what has the shape of one. */
export function mask(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return SHAPES.reduce((rest, shape) => rest.replace(shape, '***'), known);
}

/** The same with every text in it masked. */
export function masked<T>(value: T, secrets: readonly string[] = []): T {
  if (typeof value === 'string') return mask(value, secrets) as T;
  if (Array.isArray(value)) return value.map((each) => masked(each, secrets)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each, secrets)])) as T;
}
