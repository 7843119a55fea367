import { type Logger, pino } from 'pino';

/** Structured lines on standard output; on a terminal, lines for people. */
export async function createLog(isTerminal: boolean): Promise<Logger> {
  const options = { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  if (!isTerminal) return pino(options);
  // Where nobody looks, its memory is saved.
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({ colorize: true, translateTime: 'SYS:HH:MM:ss', sync: true, ignore: 'requestId,method,path' }),
  );
}
