import type { Migration } from '../migrate.ts';
import { init } from './001-init.ts';

/** Every change of the tables, oldest first. Only ever added to: databases remember how many they have had. */
export const migrations: readonly Migration[] = [init];
