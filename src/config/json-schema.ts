import * as z from 'zod';
import { CONFIG_FILE, configSchema } from './schema.js';

/** The part of a JSON Schema that we look into ourselves. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** Description of `wms.config.json` for editors. Draft 7: the newest that all of them read. */
export function configJsonSchema(): SchemaNode {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return { $schema, title: CONFIG_FILE, description: 'Settings of wms-hooks.', ...rest } as SchemaNode;
}
