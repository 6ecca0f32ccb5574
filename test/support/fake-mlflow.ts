import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFiles } from './scratch.js';

/** Stands in for MLflow: it answers /health, and what it was started with at every other path. */
const PROGRAM = `#!${process.execPath}
const { createServer } = require('node:http');
const words = process.argv.slice(2);
const told = JSON.stringify({ words, directory: process.cwd(), pid: process.pid });
console.log('MLflow stands here');
createServer((request, response) => {
  response.end(request.url === '/health' ? 'OK' : told);
}).listen(Number(words[words.indexOf('--port') + 1]), '127.0.0.1');
`;

/** Puts it where the clone's Python environment would have it. */
export async function installFakeMlflow(clone: string, program = PROGRAM): Promise<void> {
  await writeFiles(clone, { '.venv/bin/mlflow': program });
  await chmod(join(clone, '.venv/bin/mlflow'), 0o755);
}
