// depcruise: owner-of-fastify, owner-of-kysely, owner-of-node:sqlite, owner-of-node:worker_threads, owner-of-sharp
// depcruise: owner-of-dejavu-fonts-ttf, owner-of-node:child_process, owner-of-undici, owner-of-pino
// depcruise: owner-of-pino-pretty
export { fork } from 'node:child_process';
export { DatabaseSync } from 'node:sqlite';
export { Worker } from 'node:worker_threads';

export { default as fonts } from 'dejavu-fonts-ttf/package.json' with { type: 'json' };
export type { FastifyInstance } from 'fastify';
export { Kysely } from 'kysely';
export { pino } from 'pino';
export { default as pretty } from 'pino-pretty';
export { default as sharp } from 'sharp';
export { request } from 'undici';
