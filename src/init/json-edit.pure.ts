import { type JsonMember, type JsonNode, parseJsonTree } from '../config/json-tree.pure.js';

type ObjectNode = JsonNode & { readonly type: 'object' };

/** `text` with one value set, everything else as it was. Objects on the way are made. Throws JsonSyntaxError. */
export function setInJson(text: string, path: readonly string[], value: unknown): string {
  return onJson(text, (json) => {
    const { object, member, rest } = walk(json, path);
    const style = styleOf(json);
    const depth = path.length - rest.length;
    if (member) return splice(json, member.value, style.render(value, depth));
    const [key = '', ...below] = rest;
    const inner = below.reduceRight<unknown>((nested, name) => ({ [name]: nested }), value);
    const property = `${JSON.stringify(key)}: ${style.render(inner, depth + 1)}`;
    const last = object.members.at(-1);
    if (last === undefined) {
      return splice(json, object, `{${style.line(depth + 1)}${property}${style.line(depth)}}`);
    }
    const onOneLine = !json.slice(object.start, object.members[0]?.keyRange.start).includes('\n');
    const separator = onOneLine ? ', ' : `,${style.line(depth + 1)}`;
    return splice(json, { start: last.value.end, end: last.value.end }, separator + property);
  });
}

/** `text` without one member. Its object stays, also when it is empty then. */
export function removeFromJson(text: string, path: readonly string[]): string {
  return onJson(text, (json) => {
    const { object, member } = walk(json, path);
    if (!member) return json;
    const index = object.members.indexOf(member);
    const before = object.members[index - 1];
    const after = object.members[index + 1];
    if (before) return splice(json, { start: before.value.end, end: member.value.end }, '');
    if (after) return splice(json, { start: member.keyRange.start, end: after.keyRange.start }, '');
    return splice(json, object, '{}');
  });
}

function onJson(text: string, edit: (json: string) => string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  return mark + edit(text.slice(mark.length));
}

/** The innermost object on the way to `path`, with the member if it is there and the keys that are not. */
function walk(json: string, path: readonly string[]) {
  let object = parseJsonTree(json);
  for (const [index, key] of path.entries()) {
    if (object.type !== 'object') break;
    const member: JsonMember | undefined = object.members.findLast((candidate) => candidate.key === key);
    const here = object as ObjectNode;
    if (!member) return { object: here, member: undefined, rest: path.slice(index) };
    if (index === path.length - 1) return { object: here, member, rest: path.slice(index + 1) };
    object = member.value;
  }
  throw new TypeError(`${path.join('.')} leads through a value that is no object`);
}

function splice(text: string, { start, end }: { start: number; end: number }, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** How the file is indented and broken into lines. */
function styleOf(json: string) {
  const newline = json.includes('\r\n') ? '\r\n' : '\n';
  const indent = /\n([ \t]+)"/.exec(json)?.[1] ?? '  ';
  const line = (depth: number) => newline + indent.repeat(depth);
  const render = (value: unknown, depth: number) =>
    JSON.stringify(value, null, indent).replaceAll('\n', line(depth));
  return { line, render };
}
