/** Writes the JSON Schema that the package ships, from the zod schema. Run it after changing src/config/schema.ts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.js';

const target = new URL('../schema/wms.config.schema.json', import.meta.url);
mkdirSync(new URL('.', target), { recursive: true });
writeFileSync(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
console.log('wrote schema/wms.config.schema.json');
