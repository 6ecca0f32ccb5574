const SESSION = 'wms:session';

/** Id of the session that anything in the state is tagged with; null: nothing is. The text is that of `state pull`. */
export function sessionInState(text: string): string | null {
  if (text.trim() === '') return null;
  const { resources = [] } = JSON.parse(text) as { resources?: { mode?: string; instances?: unknown }[] };
  return tagIn(resources.filter(({ mode }) => mode === 'managed').map(({ instances }) => instances));
}

/** Providers keep tags where they like: `tags`, `tags_all`, in blocks or in an input. */
function tagIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const own = (value as Record<string, unknown>)[SESSION];
  if (typeof own === 'string') return own;
  for (const part of Object.values(value)) {
    const found = tagIn(part);
    if (found !== null) return found;
  }
  return null;
}

type Outputs = Readonly<Record<string, { readonly value?: unknown }>>;

/** Addresses by the names of outputs in the settings. `missing`: outputs that are not there or hold no address. */
export function urlsIn(
  text: string,
  names: Readonly<Record<string, string | undefined>>,
): { readonly urls: Record<string, string>; readonly missing: string[]; readonly there: string[] } {
  const outputs = JSON.parse(text || '{}') as Outputs;
  const urls: Record<string, string> = {};
  const missing: string[] = [];
  for (const [what, name] of Object.entries(names)) {
    if (name === undefined) continue;
    const value = Object.hasOwn(outputs, name) ? outputs[name]?.value : undefined;
    if (typeof value === 'string' && isAddress(value)) urls[what] = value;
    else missing.push(name);
  }
  return { urls, missing, there: Object.keys(outputs) };
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
