/** Of what is there for Parquet what the page needs: of a module that is loaded later, bundlers keep all. */
export { peekParquet, readParquet } from '../../parquet.js';
