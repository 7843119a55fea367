import { type ChildProcess, spawn } from 'node:child_process';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildOptions } from '../protocol.ts';

const lab = dirname(dirname(fileURLToPath(import.meta.url)));
const source = dirname(dirname(lab));
/** Above the folder of one of its packages. */
const packages = dirname(dirname(findPackageJSON('sharp', import.meta.url) ?? ''));
const readable = [join(source, 'images'), join(source, 'core'), join(source, '..', 'package.json'), packages];

/**
 * What is reserved and hardly used, but counts as data to the kernel: 512 MiB of V8's for machine code, and the stacks of
 * threads, 8 MiB each.
 */
const reservedBytes = (512 + 16 * 8) * 1024 * 1024;

/** All that the child's environment holds: never ours, which has secrets. */
const environment = {
  VIPS_BLOCK_UNTRUSTED: '1',
  /** In megabytes: above it libvips would decode into a temporary file. */
  VIPS_DISC_THRESHOLD: '1000000m',
  FONTCONFIG_FILE: join(lab, 'fonts.conf'),
  /** glibc keeps freed memory for each thread; few arenas keep little. */
  MALLOC_ARENA_MAX: '2',
};

/** Starts a child that may read only its own program, and nothing else: no network, no processes, no writing. */
export function spawnChild(options: ChildOptions): ChildProcess {
  const nodeArguments = [
    '--permission',
    '--allow-addons',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    // It says that addons can do what they like. So they can; hence the other fences.
    '--disable-warning=PERM0001',
    '--max-old-space-size=256',
    '--expose-gc',
    join(lab, 'child.ts'),
    JSON.stringify(options),
  ];
  const [command, ...rest] = [...toLimits(options.memoryBytes), process.execPath, ...nodeArguments];
  return spawn(command as string, rest, { cwd: '/', env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** On Linux the kernel enforces the memory cap; elsewhere the child alone watches itself. */
function toLimits(memoryBytes: number): string[] {
  if (process.platform !== 'linux') return [];
  const kibibytes = Math.ceil((memoryBytes + reservedBytes) / 1024);
  return ['/bin/sh', '-c', 'ulimit -d "$0" && ulimit -c 0 && ulimit -f 0 && exec "$@"', String(kibibytes)];
}
