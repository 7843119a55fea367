import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../shared/corpora');

/** A public corpus beside this checkout; absent where only the checkout is there. */
export interface Corpus {
  isAbsent: boolean;
  /** Names of files below the folder, by their ending. */
  list(ending: string): readonly string[];
  read(name: string): Buffer;
}

/** @param name of the folder; a skipped suite says by it what is missing */
export function openCorpus(name: string): Corpus {
  const folder = join(root, name);
  const isAbsent = !existsSync(folder);
  if (isAbsent) process.stdout.write(`The corpus ${name} is not here: its tests are skipped.\n`);
  return {
    isAbsent,
    list: (ending) =>
      isAbsent
        ? []
        : readdirSync(folder)
            .filter((file) => file.endsWith(ending))
            .sort(),
    read: (file) => readFileSync(join(folder, file)),
  };
}
