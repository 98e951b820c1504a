// For the packages of Millrace that stand in for a store in tests; users import `millrace/testing`.
export { RowStore, type Row } from "../plan/testing/row-store.ts";
