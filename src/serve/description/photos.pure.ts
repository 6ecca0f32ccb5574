import type { Described, Parameter, Paths } from './document.js';
import { BUSY, failure, jsonOf } from './schemas.pure.js';

const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/tiff'];

/** `POST /predict`, and what tells how the server does. */
export function photoPaths({ variants, maxBodyMB, maxMegapixels }: Described): Paths {
  const parameters: Parameter[] = [
    {
      name: 'X-Client-Key',
      in: 'header',
      description: 'Whatever names the client: the same key gets the same variant, also after a restart',
      schema: { type: 'string' },
    },
    {
      name: 'X-Model-Variant',
      in: 'header',
      description: 'Asks for a variant by name, whatever the weights',
      schema: { type: 'string', enum: variants.map(({ name }) => name) },
    },
  ];
  const told = (description: string, type: 'string' | 'number') => ({ description, schema: { type } });
  return {
    '/predict': {
      post: {
        operationId: 'predict',
        tags: ['Photos'],
        summary: 'The mask of one photo',
        description: `The photo is the body itself, or the first file of a form: JPEG, PNG, WebP or TIFF, at most ${maxBodyMB} MB and ${maxMegapixels} million pixels. The answer is a PNG of the photo’s size, or JSON for those who send \`Accept: application/json\`.`,
        parameters,
        requestBody: {
          required: true,
          content: {
            ...Object.fromEntries(PHOTO_TYPES.map((type) => [type, {}])),
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: { image: { type: 'string', contentMediaType: 'application/octet-stream' } },
                required: ['image'],
              },
            },
          },
        },
        responses: {
          200: {
            description: 'The mask: 255 where the model sees the object, else 0',
            headers: {
              'X-Model-Variant': told('The variant that answered', 'string'),
              'X-Model-Version': told('Its version', 'string'),
              'X-Mask-Score': told(
                'Mean probability where the object is; left out where there is none',
                'number',
              ),
              'X-Mask-Coverage': told('Share of the pixels that the object covers', 'number'),
            },
            content: { 'image/png': {}, ...jsonOf('Mask') },
          },
          400: failure('The photo cannot be decoded'),
          404: failure('There is no variant of this name'),
          413: failure('Too many bytes or pixels'),
          415: failure('The body is no photo'),
          500: failure('A bug, or a model that failed'),
          503: BUSY,
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'getMetrics',
        tags: ['Health and numbers'],
        summary: 'Counts and times of each variant, for Prometheus',
        responses: { 200: { description: 'Prometheus’ text format', content: { 'text/plain': {} } } },
      },
    },
  };
}
