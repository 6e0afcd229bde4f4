// Makes a component of a JavaScript module: node componentize.mjs SOURCE WIT-DIRECTORY OUT.wasm
import { readFile, writeFile } from 'node:fs/promises';
import { componentize } from '@bytecodealliance/componentize-js';

const [source, witPath, out] = process.argv.slice(2);
const { component } = await componentize(await readFile(source, 'utf8'), {
  witPath,
  worldName: 'app',
  disableFeatures: ['fetch-event'],
});
await writeFile(out, component);
