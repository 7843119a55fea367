import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string;
  /** `${url}/api/v1` */
  api: string;
  liveKey: string;
  testKey: string;
  adminKey: string;
  dataDirectory: string;
  /** Structured log lines so far. */
  log: Record<string, unknown>[];
  /** Files of requests that are in memory no longer; empty when nothing runs. */
  spooledFiles(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const adminKey = 'an-admin-key-for-tests';

/** The whole gateway on a free port with an empty data folder, built through the door that production uses. */
export async function startGateway(environment: Record<string, string> = {}): Promise<Gateway> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'retouch-test-'));
  const log: Record<string, unknown>[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void log.push({ level, ...fields, message });
  const config = readConfig({
    RETOUCH_PORT: '0',
    RETOUCH_DATA_DIR: dataDirectory,
    RETOUCH_ADMIN_KEY: adminKey,
    ...environment,
  });
  const app = await createApp(config, { info: write('info'), warn: write('warn'), error: write('error') });
  const { baseUrl, keys } = await app.start();
  const close = async (): Promise<void> => {
    await app.close();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return {
    url: baseUrl,
    api: `${baseUrl}/api/v1`,
    liveKey: keys?.callers?.live ?? '',
    testKey: keys?.callers?.test ?? '',
    adminKey,
    dataDirectory,
    log,
    spooledFiles: () => readdir(join(dataDirectory, 'spool'), { recursive: true }).catch(() => []),
    close,
    [Symbol.asyncDispose]: close,
  };
}
