// depcruise: only-http-knows-fastify, only-store-knows-kysely, only-store-knows-node:sqlite
// depcruise: only-store-knows-node:worker_threads, only-images-knows-sharp, only-images-knows-dejavu-fonts-ttf
// depcruise: only-images-knows-node:child_process, only-providers/transport.ts-knows-undici
export { fork } from 'node:child_process';
export { DatabaseSync } from 'node:sqlite';
export { Worker } from 'node:worker_threads';
export { default as fonts } from 'dejavu-fonts-ttf/package.json' with { type: 'json' };
export type { FastifyInstance } from 'fastify';
export { Kysely } from 'kysely';
export { default as sharp } from 'sharp';
export { request } from 'undici';
