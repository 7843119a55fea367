export { createLedger, type Ledger } from './ledger.ts';
export { priceUsage } from './price.ts';
