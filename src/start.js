// The one file that is not TypeScript: it says where Node keeps what it has compiled before the first line that needs
// compiling. Then only the first start loads the compiler, which costs 17 MB of memory and a part of a second.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Beside the code, where who may write may change the code as well.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/retouch', import.meta.url)));
await import('./main.ts');
// What only starting needed, 15 MB, goes back to the system; V8 would keep it until long after the first edits.
globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
