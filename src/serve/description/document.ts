import type { Weighted } from '../variants.pure.js';

/** JSON Schema, as much of it as the description uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly contentEncoding?: string;
  readonly contentMediaType?: string;
  /** `#/components/schemas/NAME` */
  readonly $ref?: string;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'header';
  readonly required?: true;
  readonly description: string;
  readonly schema: Schema;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  readonly content?: Content;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly [Tag];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

export type Tag = 'Photos' | 'Health and numbers' | 'Open Inference Protocol' | 'Pages';

export type SchemaName =
  | 'Mask'
  | 'Error'
  | 'Server'
  | 'Model'
  | 'Live'
  | 'Ready'
  | 'ModelReady'
  | 'InferRequest'
  | 'InferAnswer';

export type Method = 'get' | 'post';
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: Tag; readonly description: string }[];
  readonly paths: Paths;
  readonly components: { readonly schemas: Readonly<Record<SchemaName, Schema>> };
}

/** What a description tells of one server. */
export interface Described {
  /** Of this package. */
  readonly version: string;
  readonly variants: readonly (Weighted & { readonly version: string })[];
  readonly maxBodyMB: number;
  readonly maxMegapixels: number;
}
