import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

export const init: Migration = {
  name: '001-init',
  up: (schema) => [
    schema
      .createTable('keys')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('preview', 'text', (column) => column.notNull())
      .addColumn('models', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('revoked_at', 'bigint'),
    schema.createIndex('keys_created_at').on('keys').columns(['created_at', 'id']),
    schema
      .createTable('requests')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('endpoint', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('model_asked', 'text', (column) => column.notNull())
      .addColumn('model_served', 'text')
      .addColumn('provider', 'text')
      .addColumn('status', 'integer')
      .addColumn('error_code', 'text')
      .addColumn('n', 'integer', (column) => column.notNull())
      .addColumn('images_in', 'integer', (column) => column.notNull())
      .addColumn('bytes_in', 'bigint', (column) => column.notNull())
      .addColumn('images_out', 'integer', (column) => column.notNull())
      .addColumn('input_text_tokens', 'bigint')
      .addColumn('input_image_tokens', 'bigint')
      .addColumn('cached_text_tokens', 'bigint')
      .addColumn('cached_image_tokens', 'bigint')
      .addColumn('output_image_tokens', 'bigint')
      .addColumn('output_text_tokens', 'bigint')
      .addColumn('cost_nano_usd', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('duration_ms', 'bigint')
      .addColumn('upstream_request_id', 'text')
      .addColumn('tags', 'text', (column) => column.notNull()),
    schema.createIndex('requests_key_created_at').on('requests').columns(['key_id', 'created_at']),
    schema
      .createIndex('requests_dispatched')
      .on('requests')
      .column('id')
      .where(sql.ref('state'), '=', sql.lit('dispatched')),
    schema
      .createTable('settings')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('value', 'text', (column) => column.notNull()),
  ],
};
