export { type Blobs, createFileBlobs, type StoredBlob } from './blobs.ts';
export { blobsSettings } from './config.ts';
export { createLinks, type Links } from './links.ts';
