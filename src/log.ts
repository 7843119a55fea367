import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Structured lines on standard output; on a terminal, lines for people. */
export function createLog(isTerminal: boolean): Logger {
  const options = { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  if (!isTerminal) return pino(options);
  return pino(
    options,
    pretty({ colorize: true, translateTime: 'SYS:HH:MM:ss', sync: true, ignore: 'requestId,method,path' }),
  );
}
