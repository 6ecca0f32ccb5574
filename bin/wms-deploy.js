#!/usr/bin/env node
import module from 'node:module';

// Node 22.1 and newer keep what they compiled for the next start.
module.enableCompileCache?.();
const { main } = await import('../dist/cli/main.js');

process.exitCode = await main(['cloud', 'deploy', ...process.argv.slice(2)]);
