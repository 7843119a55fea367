export { type Blobs, createFileBlobs } from './blobs.ts';
export { createLinks, type Links } from './links.ts';
