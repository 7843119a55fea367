import { writeFile } from 'node:fs/promises';
import { documents } from './documents.ts';

/** `npm run docs`: writes the references that are made from the code. */
for (const [path, toText] of Object.entries(documents)) {
  await writeFile(new URL(`../${path}`, import.meta.url), toText());
}
