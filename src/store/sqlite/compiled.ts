import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** What a thread of ours needs in its environment to find TypeScript that is compiled already. Nothing secret. */
export function toCompiledEnvironment(): Record<string, string> {
  const directory = getCompileCacheDir();
  // Node names the folder of its own version below the one it was given.
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
