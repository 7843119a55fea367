// biome: lint/performance/noNamespaceImport
import * as all from './shape.ts';

export { all };
