import type { Schema } from './document.js';

interface Field {
  /** `inputs[].name` */
  readonly path: string;
  readonly type: string;
  readonly optional: boolean;
  readonly description: string;
}

/** The fields of an object and of what is in it, in the order of a reader. */
export function fieldsOf({ properties = {}, required = [] }: Schema, prefix = ''): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const inner = schema.items?.properties === undefined ? schema : schema.items;
    const path = `${prefix}${name}`;
    const { description = '' } = schema;
    return [
      { path, type: typeOf(schema), optional: !required.includes(name), description },
      ...fieldsOf(inner, inner === schema ? `${path}.` : `${path}[].`),
    ];
  });
}

function typeOf({ type = 'any', items }: Schema): string {
  if (type === 'array') return items?.type === undefined ? 'list' : `list of ${typeOf(items)}`;
  return Array.isArray(type) ? type.join(' or ') : (type as string);
}
