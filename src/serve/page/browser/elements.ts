/** The element of this page with this id. */
export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

export function write(id: string, text: string): void {
  element(id).textContent = text;
}
