// depcruise: core-does-no-io
export { readFile } from 'node:fs/promises';
