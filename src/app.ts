import { join } from 'node:path';
import { createAccess } from './access/index.ts';
import { createFileBlobs, createLinks } from './blobs/index.ts';
import type { AppConfig } from './config.ts';
import type { Log } from './core/log.ts';
import { createEngine } from './engine/index.ts';
import { createHttp } from './http/index.ts';
import { createLab } from './images/index.ts';
import { createIntake } from './intake/index.ts';
import { createLedger } from './ledger/index.ts';
import { createProviders } from './providers/index.ts';
import { createCatalog, createFinisher, createGoneModels, readModelsFile } from './routing/index.ts';
import { openDataFolder, openStore } from './store/index.ts';

/** What a start tells its operator. */
export interface Started {
  baseUrl: string;
  dataDirectory: string;
  examplePath: string;
  /** Made at this start; undefined where the data folder has had its keys before. */
  keys: { callers?: { live: string; test: string }; admin?: string } | undefined;
  missing: readonly string[];
}

export interface App {
  /** @throws StartFault */
  start(): Promise<Started>;
  close(): Promise<void>;
}

const keepAliveMs = 15_000;
const sweepEveryMs = 60_000;

/**
 * Builds every room, in order, and joins them up.
 * @throws StartFault
 */
export async function createApp(config: AppConfig, log: Log): Promise<App> {
  const clock = Date.now;
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await openDataFolder(config.store.dataDir), ({ close }) => close());
  const store = opened.adopt(await openStore({ path: folder.databasePath }), ({ close }) => close());
  const access = createAccess({ store, clock, adminKey: config.access.adminKey });
  const ledger = createLedger({ store, clock });
  const { labProcesses, labTimeoutMs, labMemoryBytes, ...imageLimits } = config.images;
  const lab = createLab({
    ...imageLimits,
    maxProcesses: labProcesses,
    timeoutMs: labTimeoutMs,
    memoryBytes: labMemoryBytes,
  });
  const intake = createIntake({ ...config.intake, ...imageLimits, directory: join(folder.path, 'spool') });
  const providers = createProviders({ config: config.providers, lab, clock });
  const catalog = createCatalog(await readModelsFile(providers.models, config.routing.modelsFile));
  const onFault = (fault: unknown, requestId: string): void =>
    log.error(
      { requestId, cause: String(fault) },
      'the end of an edit could not be recorded; the next start records it as unknown',
    );
  const finisher = createFinisher(lab, imageLimits);
  const goneModels = createGoneModels(clock);
  const engine = createEngine({
    ...{ catalog, providers, finisher, goneModels, ledger, clock, onFault },
    retiredModels: config.routing.retiredModels,
    largePictures: config.routing.largePictures,
  });
  const blobs = createFileBlobs(join(folder.path, 'images'), clock);
  const links = createLinks(await access.linkSecret(), clock);
  const resultLifetimeMs = config.blobs.resultLifetimeSeconds * 1_000;
  const http = createHttp({
    ...{ access, intake, engine, catalog, blobs, links, clock, log },
    config: { ...config.http, ...config.blobs, keepAliveMs },
  });
  const sweep = setInterval(() => blobs.sweep(resultLifetimeMs), sweepEveryMs).unref();

  // From here on they are `close`'s to close.
  opened.move();
  return {
    async start() {
      await Promise.all([ledger.recover(), intake.sweep(), blobs.sweep(resultLifetimeMs)]);
      const baseUrl = await http.listen();
      return {
        baseUrl,
        dataDirectory: folder.path,
        examplePath: join(import.meta.dirname, '../examples/hills.jpg'),
        keys: await access.firstStart(),
        missing: providers.missing,
      };
    },
    async close() {
      clearInterval(sweep);
      await http.drain();
      await Promise.all([providers.close(), lab.close()]);
      await http.close();
      await intake.close();
      await store.close();
      folder.close();
    },
  };
}
