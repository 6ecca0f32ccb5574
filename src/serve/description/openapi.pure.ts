import type { Described, OpenApi, Operation, Tag } from './document.js';
import { photoPaths } from './photos.pure.js';
import { protocolPaths } from './protocol.pure.js';
import { schemas } from './schemas.pure.js';

const TAGS: Readonly<Record<Tag, string>> = {
  Photos: 'A photo in, its mask out.',
  'Health and numbers': 'For whoever watches this server.',
  'Open Inference Protocol':
    'Version 2, as KServe, Triton and the like speak it: tensors in, tensors out. Whoever asks so prepares the image and reads the answer alone. Each path of a model also has `/versions/VERSION` behind its name.',
  Pages: 'For people, and this description.',
};

/** Every address of the server, in OpenAPI 3.1. */
export function describeApi(described: Described): OpenApi {
  return {
    openapi: '3.1.0',
    info: {
      title: 'wms model API',
      version: described.version,
      description: 'Masks of photos, from the models of this server. There is no login.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name: name as Tag, description })),
    paths: {
      ...photoPaths(described),
      ...protocolPaths(described),
      '/': { get: page('showPage', 'A page to try it: drop a photo, see its mask', 'text/html') },
      '/docs': { get: page('showDocs', 'This description as a page', 'text/html') },
      '/openapi.json': { get: page('getDescription', 'This description in OpenAPI 3.1', 'application/json') },
    },
    components: { schemas },
  };
}

function page(operationId: string, summary: string, type: string): Operation {
  return {
    operationId,
    tags: ['Pages'],
    summary,
    responses: { 200: { description: 'Done', content: { [type]: {} } } },
  };
}
