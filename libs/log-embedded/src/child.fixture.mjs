// Runs TypeScript sources in a child process of a test, as jest runs them here: `node -C source --import ./child.fixture.mjs x.ts`.
import { register } from 'node:module';

const hooks = `
  import { transformFile } from '@swc/core';
  import { fileURLToPath } from 'node:url';
  export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { code } = await transformFile(fileURLToPath(url), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    return { format: 'module', source: code, shortCircuit: true };
  }`;

// The hooks import @swc/core as this file would.
register(
  `data:text/javascript,${encodeURIComponent(hooks.replace("'@swc/core'", JSON.stringify(import.meta.resolve('@swc/core'))))}`,
);
