/** The parts of the protobuf wire format that a small ONNX file needs. Fields are `(number, value)`. */
export type Field = Buffer;

function varint(value: number): number[] {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

export function int(field: number, value: number): Field {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

export function bytes(field: number, value: Buffer | string): Field {
  const content = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

export function message(field: number, ...fields: readonly Field[]): Field {
  return bytes(field, Buffer.concat(fields));
}

export function floats(field: number, values: Float32Array): Field {
  const content = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) content.writeFloatLE(value, i * 4);
  return bytes(field, content);
}
