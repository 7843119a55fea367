import { createApp } from './app.ts';
import { toHelp, toWelcome } from './cli/index.ts';
import { findUnknownSettings, readConfig, settings } from './config.ts';
import { StartFault } from './core/start-fault.ts';
import { createLog } from './log.ts';
import { readVersion } from './version.ts';

// Whoever read them may go away; that must not end the gateway in the middle of an edit.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

await main(process.argv.slice(2)).catch((fault: unknown) => {
  const known = fault instanceof StartFault;
  process.stderr.write(`${known ? fault.message : (fault as Error).stack}\n`);
  process.exit(1);
});

async function main(words: readonly string[]): Promise<void> {
  const [word, further] = words;
  if (further !== undefined)
    throw new StartFault(
      `Unknown word '${further}'. Settings are environment variables; try: npm start -- --help`,
    );
  if (word === '--help' || word === '-h') print(toHelp(settings));
  else if (word === '--version') print(await readVersion());
  else if (word === undefined || word === 'serve') await serve();
  else throw new StartFault(`Unknown word '${word}'. Try: npm start -- --help`);
}

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const log = await createLog(process.stdout.isTTY === true);
  const unknown = findUnknownSettings(process.env);
  if (unknown.length > 0)
    log.warn({ names: unknown }, 'unknown settings are ignored; see npm start -- --help');
  const app = await createApp(config, log);
  const starting = app.start();
  // What has begun to start is closed when it has: in between it may have made keys that are still to be shown.
  const stop = stopOnce(() => starting.then(app.close, app.close));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  print(toWelcome({ ...(await starting), version: await readVersion() }));
}

/** Of one Ctrl+C the terminal tells us, and npm once more. */
const echoMs = 1_000;

/** The first signal ends the gateway when its work is done; a second one at once. */
function stopOnce(close: () => Promise<void>): () => void {
  let stoppedAtMs: number | undefined;
  return () => {
    if (stoppedAtMs !== undefined) {
      if (performance.now() - stoppedAtMs > echoMs) process.exit(1);
      return;
    }
    stoppedAtMs = performance.now();
    print('Stopping: running edits finish first. Once more to stop at once.');
    close().then(
      () => process.exit(0),
      (fault: Error) => {
        process.stderr.write(`${fault.stack}\n`);
        process.exit(1);
      },
    );
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
