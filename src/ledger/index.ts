export {
  createLedger,
  type Destination,
  type Ending,
  type Entry,
  type Failure,
  type Ledger,
} from './ledger.ts';
export { priceUsage } from './price.ts';
